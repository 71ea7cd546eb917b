"""Writes git repositories with a given history, the same commits byte for byte every time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

LFS_SUFFIXES = (
    *(".safetensors", ".gguf", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"),
    *(".onnx", ".h5", ".keras", ".msgpack", ".npy", ".npz", ".parquet", ".arrow", ".zip", ".gz"),
)
LFS_THRESHOLD_BYTES = 512 * 1024
FIRST_COMMIT = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)

# The machine's own git settings must not reach into a history that has to be the same everywhere.
GIT_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",  # a checkout may belong to another user in CI
    "GIT_CONFIG_VALUE_0": "*",
}


@dataclass(frozen=True)
class Person:
    name: str
    email: str


HUB_USER = Person("fernwood", "fernwood@users.noreply.example.org")


@dataclass(frozen=True)
class Step:
    """One commit: what it changes, who wrote it and when.

    ``files`` maps a path to its new bytes, to a file on disk to copy (for big ones), or to None to
    remove it. ``branch`` starts at the tip of main when it is new; ``merges`` names a branch that
    this commit brings in.
    """

    message: str
    files: Mapping[str, bytes | Path | None] = field(default_factory=dict)
    author: Person = HUB_USER
    date: datetime | None = None
    branch: str = "main"
    merges: str = ""
    tag: str = ""
    pull: int = 0  # the pull request it came through, as GitHub's API tells it


def write_history(
    folder: Path,
    steps: Iterable[Step],
    *,
    lfs: bool = False,
    about: Mapping[str, Any] | None = None,
    keep_branches: bool = True,
) -> Path:
    """Make ``folder`` a git repository with these commits and the files of main beside them.

    With ``lfs`` big and binary files become LFS pointers in git and objects under ``.git/lfs``.
    ``about`` is what a hub knows and git does not: downloads, likes, gated, stars, pulls.
    """
    build = Path(tempfile.mkdtemp(dir=_made(folder.parent), prefix=".building-"))
    git(build, "init", "--quiet", "--template=", "--initial-branch=main")
    stream = _Stream(build, lfs=lfs)
    for number, step in enumerate(steps):
        stream.commit(step, step.date or FIRST_COMMIT + timedelta(days=number, hours=number % 7))
    marks = build / ".git" / "marks"
    git(build, "fast-import", "--quiet", f"--export-marks={marks}", stdin=bytes(stream.text))
    commits = dict(line.split(" ") for line in marks.read_text().splitlines())
    pulls = {commits[f":{mark}"]: [number] for mark, number in stream.pulls.items()}
    if not keep_branches:
        for branch in sorted(stream.branches - {"main"}):
            git(build, "update-ref", "-d", f"refs/heads/{branch}")
    (build / ".git" / "hub.json").write_text(
        json.dumps({"pulls": pulls} | dict(about or {}), sort_keys=True)
    )
    _lay_out_files(build)
    shutil.rmtree(folder, ignore_errors=True)
    build.chmod(0o755)
    build.rename(folder)
    return folder


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    """What git prints, run in ``folder`` without the settings of this machine."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env=GIT_ENVIRONMENT,
    )
    if done.returncode:
        raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def lfs_path(git_dir: Path, sha256: str) -> Path:
    return git_dir / "lfs" / "objects" / sha256[:2] / sha256[2:4] / sha256


class _Stream:
    """The text that ``git fast-import`` reads."""

    def __init__(self, folder: Path, *, lfs: bool) -> None:
        self.folder = folder
        self.lfs = lfs
        self.text = bytearray()
        self.tips: dict[str, int] = {}
        self.branches: set[str] = set()
        self.changes: dict[str, dict[str, bytes | Path | None]] = {}
        self.pulls: dict[int, int] = {}
        self.unmerged: dict[str, list[int]] = {}
        self.mark = 0

    def commit(self, step: Step, date: datetime) -> None:
        self.mark += 1
        who = f"{step.author.name} <{step.author.email}> {int(date.timestamp())} +0000\n".encode()
        self.text += f"commit refs/heads/{step.branch}\nmark :{self.mark}\n".encode()
        self.text += b"author " + who + b"committer " + who
        self._data(step.message.encode())
        parent = self.tips.get(step.branch) or self.tips.get("main")
        if parent:
            self.text += b"from :%d\n" % parent
        files = dict(step.files)
        if step.merges:
            # fast-import records a second parent but keeps the tree of the first
            self.text += b"merge :%d\n" % self.tips.pop(step.merges)
            files = self.changes.pop(step.merges) | files
            if step.pull:
                self.pulls |= dict.fromkeys(self.unmerged.pop(step.merges), step.pull)
        self.changes.setdefault(step.branch, {}).update(files)
        for path, content in sorted(files.items()):
            self._file(path, content)
        self.text += b"\n"
        self.tips[step.branch] = self.mark
        self.branches.add(step.branch)
        self.unmerged.setdefault(step.branch, []).append(self.mark)
        if step.pull:
            self.pulls[self.mark] = step.pull
        if step.tag:
            self.text += f"reset refs/tags/{step.tag}\nfrom :{self.mark}\n\n".encode()

    def _file(self, path: str, content: bytes | Path | None) -> None:
        quoted = json.dumps(path, ensure_ascii=False)
        if content is None:
            self.text += f"D {quoted}\n".encode()
            return
        if self.lfs and _belongs_in_lfs(path, content):
            content = self._pointer(content)
        self.text += f"M 100644 inline {quoted}\n".encode()
        self._data(content.read_bytes() if isinstance(content, Path) else content)

    def _pointer(self, content: bytes | Path) -> bytes:
        sha256, size = _digest(content)
        target = lfs_path(self.folder / ".git", sha256)
        _made(target.parent)
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_bytes(content)
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
        return pointer.encode()

    def _data(self, data: bytes) -> None:
        self.text += b"data %d\n" % len(data) + data + b"\n"


def _belongs_in_lfs(path: str, content: bytes | Path) -> bool:
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    return path.lower().endswith(LFS_SUFFIXES) or size > LFS_THRESHOLD_BYTES


def _digest(content: bytes | Path) -> tuple[str, int]:
    if isinstance(content, Path):
        with content.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), content.stat().st_size
    return hashlib.sha256(content).hexdigest(), len(content)


def _lay_out_files(folder: Path) -> None:
    """Put main's files beside ``.git``, so that a person who opens the folder sees them."""
    git(folder, "read-tree", "main")
    git(folder, "checkout-index", "--all", "--force")
    for pointer in folder.rglob("*"):
        if ".git" in pointer.relative_to(folder).parts or not pointer.is_file():
            continue
        text = pointer.read_bytes()[:200]
        if text.startswith(b"version https://git-lfs.github.com/"):
            stored = lfs_path(folder / ".git", text.split(b"sha256:")[1][:64].decode())
            pointer.unlink()
            pointer.hardlink_to(stored)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder

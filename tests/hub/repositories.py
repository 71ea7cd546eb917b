"""Reads what is served: git repositories in ``root/<kind>/<owner>/<name>``."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from tests.hub.history import Step, git, lfs_path, write_history

KINDS = ("models", "datasets", "github")
POINTER = re.compile(
    rb"\Aversion https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (\d+)\n\Z"
)
POINTER_LIMIT_BYTES = 200


@dataclass(frozen=True)
class Entry:
    """A file or directory at one commit. ``sha256`` is set for LFS files only."""

    path: str
    oid: str
    size: int
    is_directory: bool = False
    sha256: str = ""
    pointer_size: int = 0

    @property
    def etag(self) -> str:
        return self.sha256 or self.oid


@dataclass(frozen=True)
class Commit:
    id: str
    author: str
    date: str
    title: str
    message: str


class Repository:
    def __init__(self, folder: Path, kind: str, repo_id: str) -> None:
        self.folder = folder
        self.git_dir = folder / ".git"
        self.kind = kind
        self.id = repo_id

    @cached_property
    def about(self) -> dict[str, Any]:
        file = self.git_dir / "hub.json"
        return json.loads(file.read_text()) if file.exists() else {}

    @property
    def formerly(self) -> list[str]:
        """The ids it had before it was renamed."""
        return self.about.get("formerly", [])

    def refs(self) -> dict[str, str]:
        lines = git(self.folder, "for-each-ref", "--format=%(refname) %(objectname)").decode()
        return dict(line.split(" ") for line in lines.splitlines())

    def commit(self, revision: str) -> str | None:
        """The 40-hex commit that a branch, a tag, ``refs/…`` or a commit names."""
        if re.fullmatch(r"[0-9a-f]{40}", revision):
            return revision if revision in self._all_commits() else None
        refs = self.refs()
        names = (f"refs/heads/{revision}", f"refs/tags/{revision}", revision)
        return next((refs[name] for name in names if name in refs), None)

    def _all_commits(self) -> set[str]:
        return set(git(self.folder, "rev-list", "--all").decode().split())

    def entries(self, commit: str) -> tuple[Entry, ...]:
        """Every file and directory at ``commit``, sorted by path."""
        return _entries(self.folder, commit)

    def files(self, commit: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries(commit) if not entry.is_directory)

    def find(self, commit: str, path: str) -> Entry | None:
        return next((entry for entry in self.entries(commit) if entry.path == path), None)

    def read(self, entry: Entry) -> bytes:
        if entry.sha256:
            return self.lfs_file(entry).read_bytes()
        return git(self.folder, "cat-file", "blob", entry.oid)

    def lfs_file(self, entry: Entry) -> Path:
        return lfs_path(self.git_dir, entry.sha256)

    def commits(self, revision: str, path: str = "") -> tuple[Commit, ...]:
        """The history of ``revision``, newest first; with ``path`` only what touches it."""
        return _commits(self.folder, revision, path)


@lru_cache(maxsize=256)
def _entries(folder: Path, commit: str) -> tuple[Entry, ...]:
    listing = git(folder, "ls-tree", "-r", "-t", "-l", "-z", commit).decode(
        "utf-8", "surrogateescape"
    )
    entries = []
    for line in listing.split("\0")[:-1]:
        about, path = line.split("\t", 1)
        _mode, kind, oid, size = about.split()
        if kind == "tree":
            entries.append(Entry(path, oid, 0, is_directory=True))
        elif kind == "blob":
            entries.append(_file_entry(folder, path, oid, int(size)))
    return tuple(sorted(entries, key=lambda entry: entry.path))


def _file_entry(folder: Path, path: str, oid: str, size: int) -> Entry:
    if size <= POINTER_LIMIT_BYTES:
        pointer = POINTER.match(git(folder, "cat-file", "blob", oid))
        if pointer:
            sha256, real_size = pointer[1].decode(), int(pointer[2])
            return Entry(path, oid, real_size, sha256=sha256, pointer_size=size)
    return Entry(path, oid, size)


@lru_cache(maxsize=1024)
def _commits(folder: Path, revision: str, path: str) -> tuple[Commit, ...]:
    form = "--format=%H%x00%an%x00%cd%x00%s%x00%b%x01"
    only = ("--", path) if path else ()
    date = "--date=format-local:%Y-%m-%dT%H:%M:%S.000Z"
    log = git(folder, "log", form, date, revision, *only).decode("utf-8", "replace")
    return tuple(
        Commit(*(part.strip() for part in record.strip("\n").split("\0")))
        for record in log.split("\1")
        if record.strip()
    )


class Store:
    """The repositories under one root folder, found without regard to case."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._open: dict[Path, Repository] = {}
        self._lock = threading.Lock()

    def all(self, kind: str) -> list[Repository]:
        found = (self.root / kind).glob("*/*")
        ids = [f"{folder.parent.name}/{folder.name}" for folder in found if folder.is_dir()]
        names = sorted(name for name in ids if "/." not in name)
        return [self._opened(self.root / kind / name, kind) for name in names]

    def find(self, kind: str, repo_id: str) -> Repository | None:
        """The repository of this id, in any case or by a former name."""
        if (
            kind not in KINDS
            or not re.fullmatch(r"[\w.-]+/[\w.-]+", repo_id)
            or "/." in f"/{repo_id}"
        ):
            return None
        owner, name = repo_id.split("/")
        parent = _spelled(self.root / kind, owner)
        folder = parent and _spelled(parent, name)
        if folder:
            return self._opened(folder, kind)
        return next((known for known in self.all(kind) if repo_id in known.formerly), None)

    def forget(self) -> None:
        """Look at the folders afresh, after a test has written to one of them."""
        with self._lock:
            self._open.clear()

    def _opened(self, folder: Path, kind: str) -> Repository:
        with self._lock:
            if folder not in self._open:
                if not (folder / ".git").exists():
                    _commit_plain_folder(folder, lfs=kind != "github")
                self._open[folder] = Repository(folder, kind, f"{folder.parent.name}/{folder.name}")
            return self._open[folder]


def _spelled(parent: Path, name: str) -> Path | None:
    if (parent / name).is_dir():
        return parent / name
    if not parent.is_dir():
        return None
    wanted = name.lower()
    return next((f for f in parent.iterdir() if f.is_dir() and f.name.lower() == wanted), None)


def _commit_plain_folder(folder: Path, *, lfs: bool) -> None:
    files: dict[str, bytes | Path | None] = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    write_history(folder, [Step("Upload folder", files)], lfs=lfs)

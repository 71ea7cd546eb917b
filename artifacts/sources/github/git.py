"""Runs git on repositories of strangers: no prompts, no hooks, no configuration but ours.

The repository is bare and lives in a private folder that is removed afterwards; its
files are read out of git's own store, so no name inside it ever becomes a path.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from artifacts.sources import retrying
from artifacts.sources.checkout import CHUNK_BYTES
from artifacts.sources.errors import SourceTooLarge
from artifacts.sources.github import git_failures
from artifacts.sources.github.git_remote import HARDENED, GitRemote
from artifacts.sources.github.repository_urls import TITLE

PINNED = "refs/registry/pinned"
# Code with its whole history; beyond this the history is read without file contents.
MAX_REPOSITORY_BYTES = 4 * 1024**3
_WATCH_SECONDS = 0.2


class Repository:
    """A bare repository in a folder of its own, holding one pinned commit and what leads to it."""

    def __init__(self, folder: Path, *, timeout_seconds: float = 0, max_bytes: int = 0) -> None:
        self.folder = folder
        self.timeout_seconds: float = timeout_seconds or settings.GIT_TIMEOUT_SECONDS
        self.max_bytes = max_bytes or MAX_REPOSITORY_BYTES
        self._trace = folder / "answers.trace"
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "LC_ALL": "C",
            "TMPDIR": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_HTTP_LOW_SPEED_LIMIT": "1024",
            "GIT_DIR": str(folder),
        }
        if "SSL_CERT_FILE" in os.environ:
            self._environment["GIT_SSL_CAINFO"] = os.environ["SSL_CERT_FILE"]

    def run(self, *arguments: str, remote: GitRemote | None = None) -> bytes:
        """The output of one git command; for commands whose output is small."""
        if remote is None:
            return self._run(arguments)
        return retrying.patiently(self._run, arguments, remote)

    def _run(self, arguments: Sequence[str], remote: GitRemote | None = None) -> bytes:
        process = self._start(arguments, remote, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            output, said = process.communicate(timeout=self.timeout_seconds)
        except subprocess.TimeoutExpired:
            raise git_failures.too_slow(TITLE) from None
        finally:
            _end(process)
        if process.returncode:
            raise git_failures.failure(TITLE, said, self._trace)
        return output

    def _start(
        self,
        arguments: Sequence[str],
        remote: GitRemote | None = None,
        *,
        stdout: int,
        stderr: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Git in a process group of its own, so that its helpers can be ended with it."""
        self._trace.unlink(missing_ok=True)
        outside = self._outside(remote) if remote else {}
        return subprocess.Popen(
            ["git", *HARDENED, *(remote.options() if remote else ()), *arguments],
            env=self._environment | outside,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    def _outside(self, remote: GitRemote) -> dict[str, str]:
        """The environment of a command that asks somebody: how long it may hear nothing."""
        silence = retrying.patience(settings.SOURCE_TIMEOUT_SECONDS * 2)
        slow = {"GIT_HTTP_LOW_SPEED_TIME": str(max(int(silence), 1))}
        return slow | remote.credentials() | git_failures.tracing(self._trace)

    def fetch(
        self, remote: GitRemote, what: str, *, depth: int = 0, without_blobs: bool = False
    ) -> None:
        """Fetch one commit as ``PINNED``, within the limits of time and size."""
        options = [f"--depth={depth}"] if depth else []
        options += ["--filter=blob:none"] if without_blobs else []
        options += ["--unshallow"] if not depth and (self.folder / "shallow").exists() else []
        self._fetch(remote, [*_FETCH, *options, remote.url, f"{what}:{PINNED}"])

    def fetch_blobs(self, remote: GitRemote, oids: Sequence[str]) -> None:
        """Fetch these files of a commit that was fetched without blobs, and nothing else."""
        # what the server is told that we have, it would take for here with all its files
        negotiation = ["-c", "fetch.negotiationAlgorithm=noop"]
        self._fetch(remote, [*negotiation, *_FETCH, "--filter=blob:none", remote.url, *oids])

    def _fetch(self, remote: GitRemote, arguments: Sequence[str]) -> None:
        retrying.patiently(self._fetch_once, remote, arguments)

    def _fetch_once(self, remote: GitRemote, arguments: Sequence[str]) -> None:
        self.forget_unfinished()
        process = self._start(arguments, remote, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            self._watch(process)
        finally:
            _end(process)
        assert process.stderr is not None  # noqa: S101 - it was asked for as a pipe
        said = process.stderr.read(4_000)
        process.stderr.close()
        if process.returncode:
            raise git_failures.failure(TITLE, said, self._trace)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.timeout_seconds
        while True:
            try:
                process.wait(_WATCH_SECONDS)
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    raise git_failures.too_slow(TITLE) from None
                self._refuse_excess()
            else:
                return

    def _refuse_excess(self) -> None:
        total = 0
        for file in self.folder.rglob("*"):
            try:
                total += file.lstat().st_size
            except FileNotFoundError:  # git removes temporary files under our eyes
                continue
        limit = min(settings.SOURCE_MAX_TOTAL_BYTES, self.max_bytes)
        if total > limit:
            raise SourceTooLarge(source=TITLE, reason=f"a repository of over {limit:,} bytes.")

    def forget_unfinished(self) -> None:
        """Remove what a fetch left behind that was ended in the middle."""
        for pattern in ("objects/pack/tmp_*", "objects/pack/.tmp*", "*.lock", "objects/incoming*"):
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    @contextmanager
    def stream(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A git command whose output is read while it runs; it ends with the block."""
        process = self._start(arguments, stdout=subprocess.PIPE)
        deadline = threading.Timer(self.timeout_seconds, _kill, [process])
        deadline.daemon = True
        deadline.start()
        try:
            yield process
        finally:
            deadline.cancel()
            _end(process)
            assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
            process.stdout.close()

    def blob(self, oid: str) -> Generator[bytes, None, None]:
        """The bytes of one blob in chunks."""
        with self.stream("cat-file", "blob", oid) as process:
            assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
            while chunk := process.stdout.read(CHUNK_BYTES):
                yield chunk


_FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-gc",
    "--no-recurse-submodules",
    "--force",
)


@contextmanager
def repository(*, timeout_seconds: float = 0, max_bytes: int = 0) -> Iterator[Repository]:
    """An empty repository that only this user can read, gone after the block.

    ``timeout_seconds`` is for each command; 0 takes the limits of settings.
    """
    folder = Path(tempfile.mkdtemp(prefix="registry-git-"))  # mkdtemp gives mode 0700
    try:
        found = Repository(folder, timeout_seconds=timeout_seconds, max_bytes=max_bytes)
        found.run("init", "--quiet", "--bare", "--template=", str(folder))
        yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, with everything it started."""
    if process.poll() is None:
        _kill(process)
    process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)

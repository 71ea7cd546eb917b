"""The tree of a commit as git lists it, and other output of git that is read while it runs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from artifacts.facts import FileFact
from artifacts.sources.checkout import CHUNK_BYTES
from artifacts.sources.errors import SourceTooLarge, SourceUnavailable
from artifacts.sources.github.git import Repository
from artifacts.sources.github.repository_urls import TITLE


@dataclass(frozen=True)
class TreeEntry:
    """One entry of a tree: ``mode`` tells files, links and submodules apart."""

    mode: str
    oid: str
    size: int | None
    path: str

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")

    @property
    def is_link(self) -> bool:
        return self.mode == "120000"

    def fact(self) -> FileFact:
        return FileFact(self.path, self.size, git_sha1=self.oid)


def tree_entries(repo: Repository, commit: str, *, has_blobs: bool = True) -> Iterator[TreeEntry]:
    """Every file, link and submodule of ``commit``, streamed.

    Sizes are None where the commit was fetched without blobs. A small tree can name itself
    so often that its listing never ends, so the number of entries is limited here.
    """
    sizes = ["-l"] if has_blobs else []
    with repo.stream("ls-tree", "-r", *sizes, "-z", "--full-tree", commit) as process:
        for number, record in enumerate(records(process, b"\0"), 1):
            if number > settings.SOURCE_MAX_FILES:
                reason = f"over {settings.SOURCE_MAX_FILES:,} files."
                raise SourceTooLarge(source=TITLE, reason=reason)
            yield _entry(record)
        if process.wait():
            raise SourceUnavailable(source=TITLE, reason="git could not list the files.")


def _entry(record: bytes) -> TreeEntry:
    about, _, path = record.partition(b"\t")
    mode, _kind, oid, *size = about.split()
    size_bytes = int(size[0]) if size and size[0].isdigit() else None
    return TreeEntry(
        mode.decode(), oid.decode(), size_bytes, path.decode("utf-8", "surrogateescape")
    )


def records(process: subprocess.Popen[bytes], separator: bytes) -> Iterator[bytes]:
    """The pieces between separators of what a process prints, while it prints."""
    assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
    rest = b""
    while chunk := process.stdout.read1(CHUNK_BYTES):  # type: ignore[attr-defined]
        *whole, rest = (rest + chunk).split(separator)
        yield from whole
    if rest:
        yield rest

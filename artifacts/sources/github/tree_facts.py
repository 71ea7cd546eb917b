"""What the tree of a commit holds: its files, and in words what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from artifacts.facts import Facts, paths
from artifacts.sources.checkout import listed, measured
from artifacts.sources.file_list import checked_files
from artifacts.sources.github import git
from artifacts.sources.github.git_tree import TreeEntry, tree_entries
from artifacts.sources.github.repository_urls import TITLE
from artifacts.sources.place import Place

MAX_POINTERS = 500


def facts_of_tree(place: Place, repo: git.Repository, sha: str) -> Facts:
    found = list(tree_entries(repo, sha))
    files = checked_files(TITLE, (entry.fact() for entry in found if entry.is_file))
    dates = repo.run("show", "-s", "--format=%cI", sha).decode().strip()
    return Facts(
        type=place.type,
        url=place.url,
        revision=sha,
        name=place.name,
        source=place.source,
        modified=dates,
        files=files,
        notes=(*_notes(found), *_pointer_note(repo, found)),
    )


def _notes(entries: list[TreeEntry]) -> Iterator[str]:
    """What the tree holds besides files; none of it is followed."""
    links = [entry.path for entry in entries if entry.is_link]
    modules = [entry.path for entry in entries if entry.mode == "160000"]
    for what, found in (("symbolic link", links), ("submodule", modules)):
        if found:
            shown = ", ".join(
                path.encode("ascii", "backslashreplace").decode() for path in found[:5]
            )
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            yield f"{len(found)} {what}{'s' * (len(found) > 1)} left out: {shown}{more}"


def _pointer_note(repo: git.Repository, entries: list[TreeEntry]) -> list[str]:
    """Says which files are pointers of Git LFS, whose contents GitHub keeps elsewhere."""
    small = [e for e in entries if e.is_file and e.size is not None and 100 <= e.size <= 200]
    chosen = [e.path for e in small[:MAX_POINTERS] if _is_pointer(repo, e)]
    if not chosen:
        return []
    are = "files are Git LFS pointers" if len(chosen) > 1 else "file is a Git LFS pointer"
    return [f"{len(chosen)} {are}, kept as such: {', '.join(chosen[:5])}"]


def _is_pointer(repo: git.Repository, entry: TreeEntry) -> bool:
    if paths.kind(entry.path) not in {paths.WEIGHTS, paths.DATA, paths.MEDIA, paths.OTHER}:
        return False
    return b"".join(repo.blob(entry.oid)).startswith(b"version https://git-lfs.github.com/spec/")


class GitFiles:
    """The files of one commit, out of the store of a bare repository."""

    def __init__(self, repo: git.Repository, facts: Facts) -> None:
        self.repo = repo
        self._files = {file.path: file for file in facts.files}

    def read(self, path: str) -> Iterator[bytes]:
        file = listed(TITLE, self._files, path)
        yield from measured(TITLE, file, self.repo.blob(file.git_sha1))

    def read_part(self, path: str, offset: int, size: int) -> bytes:
        file = listed(TITLE, self._files, path)
        received = bytearray()
        with closing(self.repo.blob(file.git_sha1)) as chunks:
            for chunk in chunks:
                received += chunk
                if len(received) >= offset + size:
                    break
        return bytes(received[offset : offset + size])

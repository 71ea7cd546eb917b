"""How the addresses of a repository's pages are made from its canonical one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class PageAddresses:
    """What follows the canonical address, with {revision}, {path}, {line} and {commit} to fill in.

    The defaults are what several hubs share. ``plain`` goes before the line of a file whose
    name ends in one of ``rendered``: its page shows no lines otherwise.
    """

    tree: str = "/tree/{revision}"
    file: str = "/blob/{revision}/{path}"
    line: str = "#L{line}"
    commit: str = "/commit/{commit}"
    history: str = "/commits/{revision}"
    plain: str = ""
    rendered: tuple[str, ...] = ()

    def of_revision(self, url: str, revision: str) -> str:
        """The page of all files; that of the repository where no revision is known."""
        return url + self.tree.format(revision=revision) if revision else url

    def of_file(self, url: str, revision: str, path: str, line: int | None = None) -> str:
        """The page of one file, at a line of it if one is given."""
        page = url + self.file.format(revision=revision, path=quote(path))
        if not line:
            return page
        plain = self.plain if path.lower().endswith(self.rendered or ("\0",)) else ""
        return page + plain + self.line.format(line=line)

    def of_history(self, url: str, revision: str) -> str:
        """The page of the commits of a revision; that of the repository where none is known."""
        return url + self.history.format(revision=revision) if revision else url

    def of_commit(self, url: str, commit: str) -> str:
        """The page of one commit."""
        return url + self.commit.format(commit=commit)

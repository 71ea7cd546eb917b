"""Where an artifact is: a source, a repository and perhaps a revision, never a host."""

from __future__ import annotations

import re
from dataclasses import dataclass

from artifacts.sources.errors import UnrecognisedUrl

TYPES = ("model", "dataset", "code")

# A subset of what git-check-ref-format allows, without anything a shell or a path could use.
_REVISION = re.compile(
    r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9_.+@/-]{0,199}(?<![./])", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a pasted URL means. ``revision`` is '' where the URL names none."""

    source: str
    type: str
    repo: str
    revision: str
    url: str
    name: str

    @property
    def key(self) -> str:
        """The same for every spelling of one repository: sources ignore letter case."""
        return self.url.casefold()


def checked_revision(revision: str) -> str:
    """``revision`` as it is; ``UnrecognisedUrl`` for what no branch, tag or commit is called."""
    if revision and not _REVISION.fullmatch(revision):
        raise UnrecognisedUrl(reason=f"{revision!r} cannot be a branch, tag or commit.")
    return revision

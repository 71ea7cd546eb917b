"""What the addresses of GitHub mean; nothing here touches the network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.pasted import tree_revision
from artifacts.sources.place import checked_revision
from artifacts.sources.source import ReadAddress

TITLE = "GitHub"

_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})", re.ASCII)
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}", re.ASCII)
# Pages of the site that look like owners.
_PAGES = frozenset(
    "about account apps collections contact customer-stories enterprise events explore features"
    " issues join login logout marketplace new notifications orgs organizations pricing pulls"
    " readme search security sessions settings site sponsors stars team topics trending users"
    " watching".split()
)


def read(segments: Sequence[str]) -> ReadAddress:
    """What the path of an address means; ``UnrecognisedUrl`` says what is wrong with it."""
    if len(segments) < 2 or segments[0].lower() in _PAGES:
        raise UnrecognisedUrl(
            reason=f"A {TITLE} repository has the form https://github.com/owner/name."
        )
    owner, name, *rest = segments
    name = name.removesuffix(".git")
    if not _OWNER.fullmatch(owner):
        raise UnrecognisedUrl(reason=f"{owner!r} cannot be an owner on {TITLE}.")
    if not _NAME.fullmatch(name):
        raise UnrecognisedUrl(reason=f"{name!r} cannot be the name of a repository on {TITLE}.")
    # A branch may hold slashes, so only the repository knows where its name ends.
    revision = checked_revision(unquote("/".join(tree_revision(rest, TITLE))))
    return ReadAddress("code", f"{owner}/{name}", revision)

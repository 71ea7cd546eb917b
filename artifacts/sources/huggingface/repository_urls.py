"""What the addresses of the Hugging Face Hub mean; nothing here touches the network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.pasted import tree_revision
from artifacts.sources.place import checked_revision
from artifacts.sources.source import ReadAddress

TITLE = "Hugging Face"

# https://huggingface.co/docs/huggingface_hub/package_reference/utilities#huggingface_hub.utils.validate_repo_id
_NAME = re.compile(r"(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?", re.ASCII)
# Pages of the Hub that look like repositories.
_PAGES = frozenset(
    "api blog chat collections course docs enterprise inference join kernels learn login logout"
    " models new notifications organizations papers posts pricing search settings spaces storage"
    " tasks terms-of-service privacy buckets".split()
)
# What follows a repository in the addresses of its own pages.
_SUBPAGES = frozenset(
    "tree blob resolve raw commit commits discussions edit viewer settings activity blame".split()
)
_SPACE = re.compile(r"https?://(?:huggingface|hf)\.co/spaces/[\w.-]+/[\w.-]+")


def read(segments: Sequence[str]) -> ReadAddress:
    """What the path of an address means; ``UnrecognisedUrl`` says what is wrong with it."""
    found, rest = "model", list(segments)
    if rest and rest[0].lower() == "datasets":
        found, rest = "dataset", rest[1:]
    if not rest:
        raise UnrecognisedUrl(reason=f"The address names no {found}.")
    if rest[0].lower() in _PAGES:
        raise UnrecognisedUrl(
            reason=f"huggingface.co/{rest[0]} is a page of the site, not a model or dataset."
        )
    length = 1 if len(rest) == 1 or rest[1] in _SUBPAGES else 2
    names, rest = rest[:length], rest[length:]
    names[-1] = names[-1].removesuffix(".git")
    for name in names:
        if not _NAME.fullmatch(name):
            raise UnrecognisedUrl(reason=f"{name!r} cannot be a name on {TITLE}.")
    branch = tree_revision(rest, TITLE)
    # A slash in a branch arrives encoded (refs%2Fpr%2F1); what follows the branch is a folder.
    length = 3 if branch[:1] == ["refs"] else 1
    revision = checked_revision(unquote("/".join(branch[:length])))
    return ReadAddress(found, "/".join(names), revision)


def space(address: str) -> str:
    """The name of the Space at ``address``; '' where it is none."""
    return address.split("/spaces/")[1] if _SPACE.match(address) else ""

"""What the first lines of a text say of which licence it is."""

from __future__ import annotations

import re

from ratings.licences.declared import names
from ratings.licences.declared.spdx import family
from ratings.licences.detection import fingerprint

ADAPTED = re.compile(r"\b(?:adapted|amended|modified|based on|additional)\b")
VERSION = re.compile(r"\bv(?:er(?:sion)?)?[. ]{0,2}(\d+(?:\.\d+)*[a-z]?)\b", re.IGNORECASE)
EDITION_WORDS = 60  # a shorter text is too easily a part of something else


def titled(text: str) -> str:
    """The community licence whose title begins the text, or ''."""
    lines = [line for line in text[:3000].splitlines() if line.strip()][:8]
    head, *heads = (_unmarked(each) for each in (text[:600], *lines))
    best = ("", "")
    for licence, row in names.community().items():
        for title in row["titles"]:
            plain = " ".join(re.sub(r"[\[\]]", " ", title).split())
            starts = any(line.startswith(plain) and not ADAPTED.search(line) for line in heads)
            begins = head.startswith(plain) and not ADAPTED.search(head[: len(plain) + 60])
            if (starts or begins) and len(plain) > len(best[1]):
                best = (licence, plain)
    return best[0]


def _unmarked(words: str) -> str:
    """Words in small letters on one line, without the signs that mark a title."""
    return " ".join(re.sub(r"[*_#=\[\]\"“”]", " ", words).lower().split())


def other_version(text: str, licence: str) -> str:
    """A version in the title that is not the licence's, in words; '' when they agree."""
    own = re.search(r"-(\d+(?:\.\d+)*[a-z]?)$", family(licence))
    head = "\n".join([line for line in text.splitlines() if line.strip()][:4])[:300]
    stated = {match[1].lower() for match in VERSION.finditer(head)}
    if not own or not stated:
        return ""
    wanted = own[1].lower().removesuffix(".0")
    if any(each.removesuffix(".0") == wanted for each in stated):
        return ""
    return f"the title says version {min(stated)}"


def says_its_name(text: str, match: fingerprint.Match) -> bool:
    """Whether the first lines are the full name of the licence, of a text long enough to judge."""
    head = [line for line in text.splitlines() if line.strip()][:3]
    name = names.simplify(match.name)
    is_long = len(fingerprint.words(text)) >= EDITION_WORDS
    is_title = len(name.split()) > 1 and names.simplify(" ".join(head)).startswith(name)
    return is_long and is_title

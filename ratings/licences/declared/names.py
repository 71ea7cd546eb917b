"""What people call licences: Hub ids, full names, short names and addresses."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ratings.licences.data.tables import pattern, table, word_list

CC_KINDS = ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
CC_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")

GNU_FULL = {"affero": "AGPL", "lesser": "LGPL", "library": "LGPL", None: "GPL"}
GNU_VERSIONS = {
    "GPL": ("1.0", "2.0", "3.0"),
    "LGPL": ("2.0", "2.1", "3.0"),
    "AGPL": ("1.0", "3.0"),
}


@cache
def community() -> dict[str, dict[str, Any]]:
    """Licences that SPDX does not know, under their ``LicenseRef-`` id, with what they say."""
    return {row["id"]: row for row in table("community")}


@cache
def _lookup() -> tuple[dict[str, str], dict[str, str], tuple[tuple[str, str], ...]]:
    """Hub id, simplified name and address prefix, each with the licence it means."""
    known = table("names")
    hub, names, links = dict(known["hub"]), dict(known["names"]), dict(known["links"])
    for licence, row in community().items():
        hub.update(dict.fromkeys(row["hub"], licence))
        names.update({simplify(name): licence for name in row["names"]})
        names[simplify(row["name"])] = licence
        links.update(dict.fromkeys(row["links"], licence))
    longest_first = tuple(sorted(links.items(), key=lambda link: -len(link[0])))
    return hub, names, longest_first


def from_hub(identifier: str) -> str:
    """The licence that the Hub means by one of its ids, or ''."""
    return _lookup()[0].get(identifier.strip().lower(), "")


def simplify(name: str) -> str:
    """A name without case, punctuation and words that every licence has."""
    text = name.lower().replace("non-commercial", "noncommercial").replace("*", "")
    text = text.replace("share-alike", "sharealike").replace("no-deriv", "noderiv")
    text = re.sub(r"\bv(?:er(?:sion)?)?\.? ?(?=\d)", " ", text)
    text = re.sub(r"(?<![+])\+(?![+])", " + ", text)
    words = re.findall(r"[a-z0-9]+\+\+|[a-z0-9]+|\+", text)
    return " ".join(word for word in words if word not in word_list("fillers"))


def from_name(name: str) -> str:
    """The licence that a free-text name means, or '' where it could mean several or none."""
    simple = simplify(name)
    names = _lookup()[1]
    return (
        names.get(simple)
        or _creative_commons(simple)
        or names.get(_squeeze_cc(simple), "")
        or (_gnu(simple))
    )


def _squeeze_cc(simple: str) -> str:
    words = simple.replace("creative commons", "cc").split()
    return " ".join(word for word in words if word not in word_list("cc_endings"))


def _creative_commons(simple: str) -> str:
    text = _squeeze_cc(simple).replace("non commercial", "nc").replace("share alike", "sa")
    text = text.replace("no derivatives", "nd").replace("no derivs", "nd")
    words = [table("wording")["clauses"].get(word, word) for word in text.split()]
    if words[:1] == ["cc"]:
        words = words[1:]
    elif words[:1] != ["by"] or len(words) < 2:
        return ""
    if words[:1] == ["cc"]:  # "Creative Commons CC BY"
        words = words[1:]
    kind = "-".join(word for word in words if not word.isdigit())
    version = ".".join(word for word in words if word.isdigit())
    version = version if "." in version or not version else f"{version}.0"
    kind = kind.replace("by-sa-nc", "by-nc-sa").replace("by-nd-nc", "by-nc-nd")
    if kind not in CC_KINDS:
        return ""
    if not version:
        return f"LicenseRef-cc-{kind}-family"
    return f"CC-{kind.upper()}-{version}" if version in CC_VERSIONS else ""


def _gnu(simple: str) -> str:
    found = pattern("gnu_name").fullmatch(simple)
    if not found:
        return ""
    abbreviation = found["abbr"] or found["short"]
    family = (abbreviation or GNU_FULL[found["kind"]]).upper()
    if found["kind"] and abbreviation and GNU_FULL[found["kind"]] != family:
        return ""
    if not found["major"]:
        return f"LicenseRef-{family.lower()}-family" if not found["later"] else ""
    version = f"{found['major']}.{found['minor'] or 0}"
    if version not in GNU_VERSIONS[family]:
        return ""
    return f"{family}-{version}-{'or-later' if found['later'] else 'only'}"


def from_link(address: str) -> str:
    """The licence that an address is about, or ''."""
    place = address.strip().lower().split("?")[0]
    place = re.sub(r"^https?://(?:www\.)?", "", place).replace("%20", " ")
    place = place.removeprefix("huggingface.co/").removeprefix("github.com/")
    for prefix, licence in _lookup()[2]:
        if place.startswith(prefix):
            after = place[len(prefix) :]
            if not after[:1].isalnum() or prefix[-1] in "-/":
                return licence
    return ""

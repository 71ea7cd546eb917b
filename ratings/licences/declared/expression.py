"""What a card or a metadata field says of a licence, as an SPDX expression."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ratings.licences.declared import names, spdx

MAX_LENGTH = 500
UNKNOWN = "LicenseRef-unknown"
NOTHING = frozenset({"", "none", "null", "n/a", "na", "-", "tbd", "?"})
UNSTATED = frozenset({"unknown", "other", "custom", "see license", "see licence", "license"})
EXPRESSION = re.compile(r"[\w.+:() \-]+")
OPERATOR = re.compile(r"\s(?:and|or|with)\s", re.IGNORECASE)
DANGLING = re.compile(r"(?:and|or|with)\s.*|.*\s(?:and|or|with)", re.IGNORECASE | re.DOTALL)
GNU_BARE = re.compile(r"(?:[al]?gpl|gfdl)-\d(?:\.\d)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared, as an SPDX expression with ``LicenseRef-`` ids for what SPDX lacks.

    ``expression`` is '' when nothing usable is declared. ``is_known`` says that the terms of
    every licence in it are known to us. ``stated`` keeps the words of the source.
    """

    expression: str = ""
    reason: str = ""
    is_known: bool = False
    stated: str = ""

    @property
    def is_stated(self) -> bool:
        return bool(self.stated or self.expression)


def normalise(declared: object, *, name: str = "", link: str = "") -> Declared:
    """The licence that a declaration means; never more precise than the declaration.

    ``declared`` is the value of ``license`` (text, a list, or nothing), ``name`` and ``link`` are
    ``license_name`` and ``license_link`` of a Hub card.
    """
    name, link = _text(name), _text(link)
    if isinstance(declared, (list, tuple, set)):
        values = [text for value in declared if (text := _text(value))]
        if len(values) > 1:
            return _several(values, name=name, link=link)
        declared = values[0] if values else ""
    if isinstance(declared, dict):
        return Declared(reason="the licence field holds a mapping, not a name")
    return _one(_text(declared), name=name, link=link)


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()


def _several(values: Iterable[str], *, name: str, link: str) -> Declared:
    """All licences of a list: the Hub does not say whether one may choose, so all count."""
    values = list(dict.fromkeys(values))
    found = [_one(value, name=name, link=link) for value in values[:20]]
    parts = list(dict.fromkeys(_wrapped(each.expression or UNKNOWN) for each in found))
    return Declared(
        expression=" AND ".join(parts) if parts != [UNKNOWN] else "",
        reason=f"a list of {len(values)}; a list does not say that one may choose, so all count",
        is_known=all(each.is_known for each in found) and len(values) <= 20,
        stated=", ".join(values)[:MAX_LENGTH],
    )


def _wrapped(expression: str) -> str:
    return f"({expression})" if OPERATOR.search(expression) else expression


def _one(text: str, *, name: str, link: str) -> Declared:
    stated = text[:MAX_LENGTH]
    key = text.lower()
    if key in NOTHING and not name and not link:
        return Declared(reason="no licence is declared", stated=stated)
    if len(text) > MAX_LENGTH:
        return Declared(reason="the declared licence is too long to be a name", stated=stated)
    if key in UNSTATED or key in NOTHING:
        return replace(_named(name, link, fallback=key or "nothing"), stated=stated)
    found = _hub(text) or _expression(text) or _free_text(text)
    if found:
        return replace(found, stated=stated)
    return Declared(reason=f"“{_short(text)}” is no licence that we know", stated=stated)


def _hub(text: str) -> Declared | None:
    licence = names.from_hub(text)
    if not licence:
        return None
    reason = f"Hub id {text.lower()}"
    if licence.endswith("-family"):
        reason += " names a family of licences, not one of them"
    elif licence == "LicenseRef-openrail":
        reason += " names the OpenRAIL family, not one of its licences"
    elif GNU_BARE.fullmatch(text):
        reason += " does not say “or later”, so only this version is taken"
    return Declared(licence, reason, is_known=licence != "LicenseRef-cc-family")


def _named(name: str, link: str, *, fallback: str) -> Declared:
    """What ``license: other`` means by its name, else by its link."""
    by_name = names.from_hub(name) or names.from_name(name) or _spdx(name)
    by_link = names.from_link(link)
    if by_name and by_link and by_name != by_link:
        reason = f"license_name “{_short(name)}” and license_link are about different licences"
        return Declared(f"{by_name} AND {by_link}", reason, is_known=False)
    if by_name:
        return Declared(by_name, f"license_name “{_short(name)}”", is_known=True)
    if by_link:
        return Declared(by_link, f"license_link {_short(link)}", is_known=True)
    slug = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")[:80]
    if slug:
        reason = f"a licence of its own, called “{_short(name)}”"
        return Declared(f"LicenseRef-{_apart(slug)}", reason, is_known=False)
    return Declared(reason=f"the licence is given as “{fallback}”, without a name")


def _apart(slug: str) -> str:
    """A slug that cannot be mistaken for one of the licences whose terms we know."""
    return f"declared-{slug}" if f"LicenseRef-{slug}" in names.community() else slug


def _spdx(text: str) -> str:
    """The canonical form of a single SPDX id, or ''."""
    return spdx.canonical(text) if EXPRESSION.fullmatch(text) and " " not in text else ""


def _expression(text: str) -> Declared | None:
    """An SPDX expression or id in any case, with retired ids replaced."""
    if not EXPRESSION.fullmatch(text) or (" " in text and not OPERATOR.search(text)):
        return None
    try:
        tree = spdx.parse(text)
    except spdx.NotAnExpression:
        return None
    known, canonical = _canonical(tree)
    if canonical is None:
        return None
    reason = "an SPDX expression" if OPERATOR.search(text) else "an SPDX id"
    if GNU_BARE.fullmatch(text):
        reason += "; it does not say “or later”, so only this version is taken"
    return Declared(str(canonical), reason, is_known=known)


def _canonical(tree: spdx.Node) -> tuple[bool, spdx.Node | None]:
    """The tree with canonical ids, and whether all are known; None where a part is no licence."""
    if isinstance(tree, spdx.Group):
        parts = [_canonical(part) for part in tree.parts]
        nodes = [node for _, node in parts if node is not None]
        if len(nodes) < len(parts):
            return False, None
        return all(known for known, _ in parts), spdx.Group(tree.operator, tuple(nodes))
    licence = _canonical_id(tree.id)
    if not licence:
        return False, None
    known = not licence.startswith("LicenseRef-") or licence in names.community()
    if " WITH " in licence:
        base, exception = licence.split(" WITH ")
        return not tree.exception, spdx.Licence(base, tree.exception or exception)
    if tree.exception:
        exception = spdx.canonical_exception(tree.exception)
        return known and bool(exception), spdx.Licence(licence, exception or tree.exception)
    return known, spdx.Licence(licence)


def _canonical_id(text: str) -> str:
    """One id as we write it, or ''."""
    if replaced := spdx.replaced(text):
        return replaced
    if text.lower().startswith("licenseref-"):
        return _reference(text[len("licenseref-") :])
    found = spdx.canonical(text) or names.from_hub(text)
    if not found and text.endswith("+"):
        base = spdx.canonical(text[:-1])
        return f"{base}+" if base else names.from_name(text)
    return found or names.from_name(text)


def _reference(name: str) -> str:
    for licence, row in names.community().items():
        if licence.lower() == f"licenseref-{name.lower()}":
            return licence
        if name.lower().removeprefix("scancode-") in row["scancode"]:
            return licence
    return f"LicenseRef-{name}" if re.fullmatch(r"[A-Za-z0-9.-]+", name) else ""


def _free_text(text: str) -> Declared | None:
    if re.match(r"https?://", text, re.IGNORECASE):
        licence = names.from_link(text)
        return Declared(licence, f"the address {_short(text)}", is_known=True) if licence else None
    if DANGLING.fullmatch(text):  # the other half is missing, and it may change everything
        return None
    licence = names.from_name(text)
    if licence:
        known = licence in names.community() or not licence.startswith("LicenseRef-")
        return Declared(licence, f"the name “{_short(text)}”", is_known=known)
    return _dual(text)


def _dual(text: str) -> Declared | None:
    """“MIT or Apache 2.0”, “MIT/Apache-2.0”: names on both sides of a choice."""
    sides = re.split(r"\s+or\s+|\s*/\s*", text, flags=re.IGNORECASE)
    found = [names.from_name(side) for side in sides if side.strip()]
    if len(found) < 2 or not all(found):
        return None
    parts = list(dict.fromkeys(found))
    known = all(part in names.community() or not part.startswith("LicenseRef-") for part in parts)
    return Declared(" OR ".join(parts), f"a choice: “{_short(text)}”", is_known=known)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"

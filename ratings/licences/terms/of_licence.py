"""What one licence permits and what it asks for, each fact with its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from ratings.licences.data.tables import table
from ratings.licences.declared import names, spdx

LICENSEDB = "ScanCode LicenseDB category “{}”, https://scancode-licensedb.aboutcode.org"
SPDX_PAGE = "https://spdx.org/licenses/{}.html"
CC_PAGE = "https://creativecommons.org/licenses/{}/{}/legalcode"
CC_ID = re.compile(
    r"(?:CC|LicenseRef-cc)-(?P<kind>[a-z-]+?)-(?P<version>\d\.\d|family)(?:-[\w-]+)?",
    re.IGNORECASE,
)
CC_KINDS = frozenset(names.CC_KINDS)
STATED = ("fine_tuning", "redistribution", "commercial", "copyleft", "use_restrictions")
# The terms of one licence: each fact, and each thing to do, with the place that says so.
Stated = Mapping[str, tuple[bool | str | None, str]]
Duties = Iterable[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something to do in return for the licence."""

    kind: str
    text: str
    licence: str
    source: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a licence says, with the place where it says so."""

    name: str
    value: bool | str | None
    licence: str
    source: str


@dataclass(frozen=True, slots=True)
class Permissions:
    """What an expression permits as a whole. None and '': not known here.

    ``category`` and ``copyleft`` are among those of ``software.json``. Of licences joined by OR the
    freest counts and is named in ``chosen``; of licences joined by AND all count.
    """

    expression: str
    category: str = "unknown"
    fine_tuning: bool | None = None
    redistribution: bool | None = None
    commercial: bool | None = None
    copyleft: str = ""
    use_restrictions: bool | None = None
    obligations: tuple[Obligation, ...] = ()
    facts: tuple[Fact, ...] = ()
    chosen: str = ""

    @property
    def is_known(self) -> bool:
        return self.category != "unknown"


def of_licence(licence: spdx.Licence) -> Permissions:
    """What a licence permits, with its exception; all unknown where nobody told us its terms."""
    base = _of_id(licence.id)
    if not licence.exception:
        return base
    source = SPDX_PAGE.format(licence.exception)
    if is_loosening(licence.exception) and base.copyleft in ("strong", "network"):
        loose = Fact("copyleft", "weak", str(licence), source)
        facts = tuple(fact for fact in base.facts if fact.name != "copyleft")
        return replace(
            base,
            expression=str(licence),
            category="weak-copyleft",
            copyleft="weak",
            facts=(*facts, loose),
        )
    return replace(base, expression=str(licence), chosen="")


def is_loosening(exception: str) -> bool:
    """Whether an exception lets other works stand beside a copyleft one under their own terms."""
    return exception in table("software")["loosening_exceptions"]


@lru_cache(maxsize=512)
def _of_id(licence: str) -> Permissions:
    row = names.community().get(licence)
    if row:
        return _of_row(row)
    creative_commons = CC_ID.fullmatch(licence)
    if creative_commons and creative_commons["kind"].lower() in CC_KINDS:
        return _creative_commons(licence, creative_commons)
    row = _data_licences().get(licence)
    return _of_row(row) if row else _software(licence.removesuffix("+"))


@cache
def _data_licences() -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in table("datalicences")}


def _of_row(row: dict[str, Any]) -> Permissions:
    """Terms that are told in a row of ``community.json`` or ``datalicences.json``."""
    url = row["url"]
    stated = {name: (value, f"{url}, {where}") for name, (value, where) in row["facts"].items()}
    duties = [(kind, text, f"{url}, {where}") for kind, text, where in row["obligations"]]
    return _told(row["id"], row["category"], stated, duties)


def _told(licence: str, category: str, stated: Stated, duties: Duties) -> Permissions:
    facts = tuple(Fact(name, value, licence, where) for name, (value, where) in stated.items())
    values: dict[str, Any] = {fact.name: fact.value for fact in facts}
    return Permissions(
        licence,
        category,
        fine_tuning=values.get("fine_tuning"),
        redistribution=values.get("redistribution"),
        commercial=values.get("commercial"),
        copyleft=values.get("copyleft") or "",
        use_restrictions=values.get("use_restrictions"),
        obligations=tuple(Obligation(kind, text, licence, where) for kind, text, where in duties),
        facts=facts,
    )


def _creative_commons(licence: str, match: re.Match[str]) -> Permissions:
    """The clauses are in the name: NC, ND, SA."""
    kind, version = match["kind"].lower(), match["version"]
    source = CC_PAGE.format(kind, "4.0" if version == "family" else version)
    clauses = kind.split("-")
    category, copyleft = "permissive", "none"
    if "sa" in clauses:
        category, copyleft = "share-alike", "share-alike"
    if "nc" in clauses:
        category = "non-commercial"
    if "nd" in clauses:
        category, copyleft = "no-derivatives", "terms-travel"
    duties = [clause for clause in ("by", "sa", "nc") if clause == "by" or clause in clauses]
    may_change, may_sell = "nd" not in clauses, "nc" not in clauses
    values = (may_change, may_change, may_sell, copyleft, not may_sell)
    return _under(licence, category, values, source, duties)


def _under(
    licence: str, category: str, values: Iterable[bool | str], source: str, duties: Iterable[str]
) -> Permissions:
    """Terms that all stand in one place, with the duties under these names in ``software.json``."""
    texts = table("software")["obligations"]
    stated = {name: (value, source) for name, value in zip(STATED, values, strict=True)}
    return _told(licence, category, stated, [(*texts[duty], source) for duty in duties])


@cache
def licensedb() -> dict[str, str]:
    """The category that ScanCode's LicenseDB gives each SPDX id."""
    from license_expression import get_license_index

    found: dict[str, str] = {}
    for row in get_license_index():
        for key in (row.get("spdx_license_key"), *row.get("other_spdx_license_keys", ())):
            if key:
                found.setdefault(key, row.get("category", ""))
    return found


def _software(licence: str) -> Permissions:
    """A licence of software: as free as its group in LicenseDB, at a price or at none."""
    group = licensedb().get(licence, "")
    source = LICENSEDB.format(group)
    if licence in table("software")["without_conditions"]:
        group = "Public Domain"
    elif group.startswith("Copyleft") and _is_network(licence):
        group = "Network"
    row = table("software")["groups"].get(group)
    if not row:
        return Permissions(licence)
    values = (True, True, True, row["copyleft"], False)
    return _under(licence, row["category"], values, source, row["obligations"])


def _is_network(licence: str) -> bool:
    bare = re.sub(r"-(?:only|or-later)$", "", licence)
    return bare in table("software")["network_licences"]

"""What a licence permits and what it asks for, each fact with its source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from ratings.licences.declared import names, spdx

# From free to closed; the order decides which side of an OR is the better one.
CATEGORIES = (
    "public-domain",
    "permissive",
    "weak-copyleft",
    "copyleft",
    "share-alike",
    "network-copyleft",
    "use-restricted",
    "community",
    "non-commercial",
    "no-derivatives",
    "proprietary",
    "unknown",
)
COPYLEFT = ("none", "weak", "strong", "share-alike", "network", "terms-travel")

LICENSEDB = "ScanCode LicenseDB category “{}”, https://scancode-licensedb.aboutcode.org"
SPDX_PAGE = "https://spdx.org/licenses/{}.html"
CC_PAGE = "https://creativecommons.org/licenses/{}/{}/legalcode"
CC_ID = re.compile(
    r"(?:CC|LicenseRef-cc)-(?P<kind>[a-z-]+?)-(?P<version>\d\.\d|family)(?:-[\w-]+)?",
    re.IGNORECASE,
)
CC_KINDS = frozenset(names.CC_KINDS)

NETWORK = frozenset(
    "AGPL-1.0 AGPL-3.0 SSPL-1.0 OSL-1.0 OSL-2.0 OSL-2.1 OSL-3.0 RPL-1.1 RPL-1.5 CPAL-1.0 EUPL-1.0"
    " EUPL-1.1 EUPL-1.2 CAL-1.0 LicenseRef-agpl-family APSL-2.0 Watcom-1.0".split()
)
NO_CONDITIONS = frozenset("CC0-1.0 PDDL-1.0 Unlicense WTFPL 0BSD MIT-0 CC-PDDC BSD-0".split())
# Exceptions that let other works stand beside a copyleft one under their own terms.
LOOSENING = frozenset(
    "Classpath-exception-2.0 GCC-exception-2.0 GCC-exception-3.1 Autoconf-exception-2.0"
    " Autoconf-exception-3.0 Bison-exception-2.2 Font-exception-2.0 Linux-syscall-note"
    " LGPL-3.0-linking-exception OCaml-LGPL-linking-exception WxWindows-exception-3.1"
    " eCos-exception-2.0 Libtool-exception GPL-3.0-linking-exception FLTK-exception"
    " openvpn-openssl-exception u-boot-exception-2.0 OpenJDK-assembly-exception-1.0".split()
)


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

    ``category`` is one of ``CATEGORIES``, ``copyleft`` one of ``COPYLEFT``. Of licences joined by
    OR the freest counts and is named in ``chosen``; of licences joined by AND all count.
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

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "is_known": self.is_known}


def permissions(expression: str) -> Permissions:
    """What the licences of an expression permit together; unknown where one of them is unknown."""
    if not expression:
        return Permissions(expression)
    try:
        tree = spdx.parse(expression)
    except spdx.NotAnExpression:
        return Permissions(expression)
    return _of(tree)


def _of(node: spdx.Node) -> Permissions:
    if isinstance(node, spdx.Licence):
        return _of_licence(node)
    parts = [_of(part) for part in node.parts]
    if node.operator == "OR":
        best = min(parts, key=_closeness)
        chosen = best.chosen or best.expression
        return replace(best, expression=str(node), chosen=chosen)
    return _all_of(str(node), parts)


def _closeness(permissions: Permissions) -> int:
    return CATEGORIES.index(permissions.category)


def _all_of(expression: str, parts: list[Permissions]) -> Permissions:
    """Everything must be permitted by everybody; every obligation stays."""
    unknown = any(not part.is_known for part in parts)
    return Permissions(
        expression,
        "unknown" if unknown else max((part.category for part in parts), key=CATEGORIES.index),
        fine_tuning=_every(part.fine_tuning for part in parts),
        redistribution=_every(part.redistribution for part in parts),
        commercial=_every(part.commercial for part in parts),
        copyleft=""
        if any(not part.copyleft for part in parts)
        else max((part.copyleft for part in parts), key=COPYLEFT.index),
        use_restrictions=_some(part.use_restrictions for part in parts),
        obligations=tuple(dict.fromkeys(each for part in parts for each in part.obligations)),
        facts=tuple(dict.fromkeys(each for part in parts for each in part.facts)),
        chosen=" AND ".join(part.chosen for part in parts if part.chosen),
    )


def _every(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    return False if False in seen else None if None in seen else True


def _some(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    return True if True in seen else None if None in seen else False


def _of_licence(licence: spdx.Licence) -> Permissions:
    base = _of_id(licence.id)
    if not licence.exception:
        return base
    source = SPDX_PAGE.format(licence.exception)
    if licence.exception in LOOSENING and base.copyleft in ("strong", "network"):
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


@lru_cache(maxsize=512)
def _of_id(licence: str) -> Permissions:
    if licence in names.community():
        return _community(licence)
    creative_commons = CC_ID.fullmatch(licence)
    if creative_commons and creative_commons["kind"].lower() in CC_KINDS:
        return _creative_commons(licence, creative_commons)
    data = _data_licences().get(licence)
    if data:
        return _row(data)
    return _software(licence.removesuffix("+"))


@lru_cache(maxsize=1)
def _data_licences() -> dict[str, dict[str, object]]:
    rows = json.loads((names.DATA / "datalicences.json").read_text(encoding="utf-8"))
    return {row["id"]: row for row in rows}


def _community(licence: str) -> Permissions:
    return _row(names.community()[licence])


def _row(row: dict[str, object]) -> Permissions:
    licence, url = str(row["id"]), str(row["url"])
    stated: dict[str, list[object]] = row["facts"]  # type: ignore[assignment]
    facts = tuple(
        Fact(name, value, licence, f"{url}, {where}")  # type: ignore[arg-type]
        for name, (value, where) in stated.items()
    )
    values = {fact.name: fact.value for fact in facts}
    obligations: list[tuple[str, str, str]] = row["obligations"]  # type: ignore[assignment]
    return Permissions(
        licence,
        str(row["category"]),
        fine_tuning=values.get("fine_tuning"),  # type: ignore[arg-type]
        redistribution=values.get("redistribution"),  # type: ignore[arg-type]
        commercial=values.get("commercial"),  # type: ignore[arg-type]
        copyleft=str(values.get("copyleft") or ""),
        use_restrictions=values.get("use_restrictions"),  # type: ignore[arg-type]
        obligations=tuple(
            Obligation(kind, text, licence, f"{url}, {where}") for kind, text, where in obligations
        ),
        facts=facts,
    )


def _creative_commons(licence: str, match: re.Match[str]) -> Permissions:
    """The clauses are in the name: NC, ND, SA."""
    kind, version = match["kind"].lower(), match["version"]
    source = CC_PAGE.format(kind, "4.0" if version == "family" else version)
    clauses = set(kind.split("-"))
    derivatives = "nd" not in clauses
    copyleft = "share-alike" if "sa" in clauses else "none" if derivatives else "terms-travel"
    category = (
        "no-derivatives"
        if not derivatives
        else "non-commercial"
        if "nc" in clauses
        else "share-alike"
        if "sa" in clauses
        else "permissive"
    )
    values: dict[str, bool | str] = {
        "fine_tuning": derivatives,
        "redistribution": derivatives,
        "commercial": "nc" not in clauses,
        "copyleft": copyleft,
        "use_restrictions": "nc" in clauses,
    }
    duties = [("attribution", "Name the authors, link to the licence and say what you changed.")]
    if "sa" in clauses:
        duties.append(("share-alike", "Share what you make of it under the same licence."))
    if "nc" in clauses:
        duties.append(("non-commercial", "Use it for purposes that earn nothing."))
    return Permissions(
        licence,
        category,
        derivatives,
        derivatives,
        "nc" not in clauses,
        copyleft,
        "nc" in clauses,
        tuple(Obligation(duty, text, licence, source) for duty, text in duties),
        tuple(Fact(name, value, licence, source) for name, value in values.items()),
    )


@lru_cache(maxsize=1)
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
    group = licensedb().get(licence, "")
    source = LICENSEDB.format(group)
    if group == "Public Domain" or licence in NO_CONDITIONS:
        return _free(licence, "public-domain", "none", source or SPDX_PAGE.format(licence), ())
    notices = ("notices", "Keep the copyright notice and the text of the licence.")
    if group == "Permissive":
        return _free(licence, "permissive", "none", source, (notices,))
    share = ("share-alike", "Distribute what you make of it under the same licence.")
    disclose = ("source-disclosure", "Offer the complete source to everybody who receives it.")
    if group == "Copyleft Limited" and not _is_network(licence):
        part = (
            "share-alike",
            "Keep the licence on the files or the library that it covers, and on changes to them.",
        )
        return _free(licence, "weak-copyleft", "weak", source, (notices, part, disclose))
    if group in ("Copyleft", "Copyleft Limited"):
        if _is_network(licence):
            over = ("network-clause", "Offer the source to people who use it over a network, too.")
            duties = (notices, share, disclose, over)
            return _free(licence, "network-copyleft", "network", source, duties)
        return _free(licence, "copyleft", "strong", source, (notices, share, disclose))
    return Permissions(licence)


def _is_network(licence: str) -> bool:
    return re.sub(r"-(?:only|or-later)$", "", licence) in NETWORK


def _free(
    licence: str, category: str, copyleft: str, source: str, duties: tuple[tuple[str, str], ...]
) -> Permissions:
    """A licence that permits everything, at a price or at none."""
    values: dict[str, bool | str] = {
        "fine_tuning": True,
        "redistribution": True,
        "commercial": True,
        "copyleft": copyleft,
        "use_restrictions": False,
    }
    return Permissions(
        licence,
        category,
        fine_tuning=True,
        redistribution=True,
        commercial=True,
        copyleft=copyleft,
        use_restrictions=False,
        obligations=tuple(Obligation(kind, text, licence, source) for kind, text in duties),
        facts=tuple(Fact(name, value, licence, source) for name, value in values.items()),
    )

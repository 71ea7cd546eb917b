"""Whether two expressions are about the same licences, as far as both are precise."""

from __future__ import annotations

from ratings.licences.data.tables import table
from ratings.licences.declared import spdx
from ratings.licences.declared.spdx import family


def family_members(licence: str) -> tuple[str, ...]:
    """How the ids begin that the name of a family may stand for; () for one licence."""
    return tuple(table("names")["families"].get(licence, ()))


def covers(general: str, exact: str) -> bool:
    """Whether one id names the other or a family that it belongs to."""
    if family(general) == family(exact):
        return True
    if general.startswith("LicenseRef-cc-") and general.endswith("-family"):
        kind = general.removeprefix("LicenseRef-cc-").removesuffix("-family").upper()
        return exact.startswith(f"CC-{kind}-") and exact[len(f"CC-{kind}-")].isdigit()
    return exact.startswith(family_members(general))


def agree(one: str, other: str) -> bool:
    """Whether two expressions are about the same licences, as far as both are precise."""
    mine, theirs = _ids(one), _ids(other)
    return bool(mine and theirs) and (
        all(any(covers(a, b) or covers(b, a) for b in theirs) for a in mine)
        or all(any(covers(a, b) or covers(b, a) for a in mine) for b in theirs)
    )


def _ids(expression: str) -> tuple[str, ...]:
    try:
        return spdx.ids(expression)
    except spdx.NotAnExpression:
        return ()


def sharper(declared: str, detected: str) -> str:
    """The declaration, or the text's licence where the declaration names only its family."""
    if declared.endswith("-family") or declared == "LicenseRef-openrail":
        return detected
    return declared

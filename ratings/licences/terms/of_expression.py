"""What the licences of an expression permit together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ratings.licences.data.tables import table
from ratings.licences.declared import spdx
from ratings.licences.terms.of_licence import Permissions, of_licence


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
        return of_licence(node)
    parts = [_of(part) for part in node.parts]
    if node.operator == "OR":
        best = min(parts, key=_closeness)
        chosen = best.chosen or best.expression
        return replace(best, expression=str(node), chosen=chosen)
    return _all_of(str(node), parts)


def _closeness(permissions: Permissions) -> int:
    return int(table("software")["categories"].index(permissions.category))


def _closest(scale: str, names: Iterable[str]) -> str:
    """The most closed of several, as ``software.json`` has them from free to closed."""
    return max(names, key=table("software")[scale].index)


def _all_of(expression: str, parts: list[Permissions]) -> Permissions:
    """Everything must be permitted by everybody; every obligation stays."""
    unknown = any(not part.is_known for part in parts)
    return Permissions(
        expression,
        "unknown" if unknown else _closest("categories", (part.category for part in parts)),
        fine_tuning=_every(part.fine_tuning for part in parts),
        redistribution=_every(part.redistribution for part in parts),
        commercial=_every(part.commercial for part in parts),
        copyleft=""
        if any(not part.copyleft for part in parts)
        else _closest("copyleft", (part.copyleft for part in parts)),
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


def all_of(expressions: Iterable[str]) -> str:
    """The expression of which all of these are parts, each said once."""
    return " AND ".join(
        dict.fromkeys(f"({each})" if " OR " in each else each for each in expressions)
    )

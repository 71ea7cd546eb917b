"""SPDX expressions as small trees, read with license-expression (loaded at first use)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from ratings.licences.data.tables import table

if TYPE_CHECKING:
    from license_expression import Licensing

MAX_LENGTH = 2000
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence, with the exception granted on top of it."""

    id: str
    exception: str = ""

    def __str__(self) -> str:
        return f"{self.id} WITH {self.exception}" if self.exception else self.id


@dataclass(frozen=True, slots=True)
class Group:
    """Licences that all apply (AND), or of which one may be chosen (OR)."""

    operator: Literal["AND", "OR"]
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return f" {self.operator} ".join(
            f"({part})" if isinstance(part, Group) else str(part) for part in self.parts
        )


Node = Licence | Group


class NotAnExpression(ValueError):
    """The text does not follow the grammar of SPDX expressions."""


@cache
def licensing() -> Licensing:
    """The SPDX grammar with every id that license-expression knows; 0.2 s at first use."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


@cache
def _ids() -> dict[str, tuple[str, bool]]:
    """Each known id and alias in lower case: its canonical form, and whether it is an exception."""
    found: dict[str, tuple[str, bool]] = {}
    for symbol in licensing().known_symbols.values():
        for name in (symbol.key, *symbol.aliases):
            found.setdefault(name.lower(), (symbol.key, symbol.is_exception))
    return found


def replaced(licence: str) -> str:
    """What https://spdx.org/licenses/#deprecated has for a retired id with an exception, or ''."""
    return str(table("names")["retired"].get(licence.lower(), ""))


def canonical(licence: str) -> str:
    """The id as SPDX writes it, or '' when SPDX has no such licence."""
    key, is_exception = _ids().get(licence.lower(), ("", False))
    return "" if is_exception or key.startswith("LicenseRef-") else key


def canonical_exception(name: str) -> str:
    """The exception as SPDX writes it, or '' when SPDX has no such exception."""
    key, is_exception = _ids().get(name.lower(), ("", False))
    return key if is_exception and not key.startswith("LicenseRef-") else ""


@lru_cache(maxsize=1024)
def parse(expression: str) -> Node:
    """The tree of an expression, ids as written; raises NotAnExpression."""
    from license_expression import ExpressionError
    from license_expression import Licensing as Plain

    if len(expression) > MAX_LENGTH or expression.count("(") > MAX_DEPTH:
        raise NotAnExpression("too long to be a licence expression")
    try:
        parsed = Plain().parse(expression)
    except ExpressionError as error:
        raise NotAnExpression(str(error)) from error
    if parsed is None:
        raise NotAnExpression("empty")
    return _node(parsed)


def _node(parsed: Any) -> Node:
    operator: Any = (getattr(parsed, "operator", "") or "").strip()
    if operator in ("AND", "OR"):
        return Group(operator, tuple(_node(part) for part in parsed.args))
    if hasattr(parsed, "license_symbol"):
        return Licence(parsed.license_symbol.key, parsed.exception_symbol.key)
    return Licence(parsed.key)


def tree(expression: str) -> Node:
    """The same with the ids that SPDX knows as SPDX writes them; letter case means nothing."""
    return _spelt(parse(expression))


def _spelt(node: Node) -> Node:
    if isinstance(node, Group):
        return Group(node.operator, tuple(_spelt(part) for part in node.parts))
    exception = node.exception and canonical_exception(node.exception)
    return Licence(canonical(node.id) or node.id, exception or node.exception)


def family(licence: str) -> str:
    """The licence without the part that says "only", "or later" or which sections are invariant."""
    return re.sub(r"(?:-(?:only|or-later|invariants|no-invariants))+$", "", licence)


@lru_cache(maxsize=1024)
def _families(licence: str) -> frozenset[str]:
    return frozenset(family(each) for each in licence.split(" OR "))


def is_same_text(licence: str, other: str) -> bool:
    """Whether two ids mean the same text; "only" and "or later" are said elsewhere."""
    return bool(other) and family(other) in _families(licence)


def leaves(node: Node) -> Iterator[Licence]:
    """Every licence of an expression, from left to right."""
    if isinstance(node, Licence):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


def ids(expression: str) -> tuple[str, ...]:
    """The licence ids of an expression, each once, from left to right; none for ''."""
    if not expression:
        return ()
    return tuple(dict.fromkeys(leaf.id for leaf in leaves(parse(expression))))

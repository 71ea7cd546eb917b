"""Ids as they stand in addresses."""

from __future__ import annotations

import re

from common.errors import InvalidInput, NotFound

GRAMMAR = re.compile(r"[a-zA-Z0-9-]+", re.ASCII)
HIGHEST = 2**63 - 1


def row_id(text: str, *, what: str) -> int:
    """The number in an address; raises InvalidInput for no id, NotFound for no such row."""
    if not GRAMMAR.fullmatch(text):
        raise InvalidInput(reason="An id has only letters, digits and hyphens.")
    number = int(text) if text.isdecimal() and len(text) < 20 else 0
    if not 0 < number <= HIGHEST or str(number) != text:
        raise NotFound(what=what)
    return number

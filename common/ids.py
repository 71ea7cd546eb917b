"""Ids as they stand in addresses and filters: the one place that reads them."""

from __future__ import annotations

import re
from typing import TypeVar

from django.db import models
from django.db.models import QuerySet

from common.errors import NotFound, RegistryError

GRAMMAR = re.compile(r"[a-zA-Z0-9-]+", re.ASCII)
HIGHEST = 2**63 - 1

Row = TypeVar("Row", bound=models.Model)


class InvalidId(RegistryError):
    code = "invalid_id"
    message = "{id!r} is not an id: only letters, digits and hyphens occur in one."
    status = 400


def number_of(id: str) -> int | None:
    """The number that ``id`` stands for, None for one that no row can have.

    Raises InvalidId for what is no id at all. A number is written in one way only: ``007`` is
    the id of nothing.
    """
    if not GRAMMAR.fullmatch(id):
        raise InvalidId(id=id[:100])
    number = int(id) if id.isdecimal() and len(id) < 20 else 0
    return number if 0 < number <= HIGHEST and str(number) == id else None


def number_if_any(text: str) -> int | None:
    """The same for a text that may be anything: None for what is no id either."""
    return number_of(text) if GRAMMAR.fullmatch(text) else None


def row_with_id(rows: QuerySet[Row], id: str, *, what: str) -> Row:
    """The row with this id; raises InvalidId, or NotFound of ``what`` where none has it."""
    number = number_of(id)
    row = None if number is None else rows.filter(pk=number).first()
    if row is None:
        raise NotFound(what=what)
    return row

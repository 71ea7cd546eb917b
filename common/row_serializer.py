"""Rows of long lists, written as their declared fields say and ten times as fast."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models
from rest_framework import serializers

Row = TypeVar("Row", bound=models.Model)
Reader = Callable[[Any], Any]


class RowIdField(serializers.CharField):
    """The id of a row: a number here, a text outside."""


class RowSerializer(serializers.ModelSerializer[Row]):
    """Reads each declared field by its ``source``, once compiled for the class.

    Values go out as the database gave them, which the renderer writes; what stands behind
    nothing is nothing. So only fields of plain values are for it.
    """

    def to_representation(self, instance: Row) -> dict[str, Any]:
        return {name: read(instance) for name, read in _readers(type(self))}


@cache
def _readers(kind: type[RowSerializer[Any]]) -> list[tuple[str, Reader]]:
    return [(name, _reader(field)) for name, field in kind().fields.items()]


def _reader(field: Any) -> Reader:
    if isinstance(field, RowIdField):
        return lambda row: str(row.pk)
    if len(field.source_attrs) == 1:
        return attrgetter(field.source)
    first, rest = field.source.split(".", 1)
    return _behind(attrgetter(first), attrgetter(rest))


def _behind(first: Reader, rest: Reader) -> Reader:
    def read(row: Any) -> Any:
        found = first(row)
        return None if found is None else rest(found)

    return read

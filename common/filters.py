"""Filters of lists that take only what they say, and say it in the OpenAPI document."""

from __future__ import annotations

from typing import Any, TypeVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field

from common.flags import FlagFormField
from common.ids import HIGHEST, number_if_any

Filter = TypeVar("Filter", bound=django_filters.Filter)


class FlagFilter(django_filters.Filter):
    """A flag; the filter of the library ignores what it does not understand."""

    field_class = FlagFormField


class _IdFormField(forms.Field):
    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        number = number_if_any(str(value))
        if number is None:
            raise ValidationError("Must be the id of a row.", code="invalid_id")
        return number


class IdFilter(django_filters.Filter):
    """The id of a row, read as in addresses."""

    field_class = _IdFormField


def flag(**options: Any) -> FlagFilter:
    """A filter that is true or false, in any of the words of ``common.flags``."""
    return _described(FlagFilter(**options), {"type": "boolean"})


def score(**options: Any) -> django_filters.NumberFilter:
    """A filter that is a number from 0 to 1."""
    made = django_filters.NumberFilter(min_value=0, max_value=1, **options)
    return _described(made, {"type": "number", "minimum": 0, "maximum": 1})


def row_id(**options: Any) -> IdFilter:
    """A filter that is the id of a row; an id that no row can have is refused."""
    described = {"type": "integer", "minimum": 1, "maximum": HIGHEST}
    return _described(IdFilter(**options), described)


def text(*, max_length: int, **options: Any) -> django_filters.CharFilter:
    """A filter that is a text of at most ``max_length`` characters."""
    made = django_filters.CharFilter(max_length=max_length, **options)
    return _described(made, {"type": "string", "maxLength": max_length})


def _described(made: Filter, schema: dict[str, Any]) -> Filter:
    """With what the OpenAPI document says of it; a schema of one's own hides the help text."""
    if told := made.extra.get("help_text"):
        schema["description"] = told
    return extend_schema_field(schema)(made)

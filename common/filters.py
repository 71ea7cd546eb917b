"""Filters of lists that take only what they say, and say it in the OpenAPI document."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field

HIGHEST_ID = 2**63 - 1
_FLAGS = {"true": True, "false": False}


class _FlagField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if value not in _FLAGS:
            raise ValidationError("Must be true or false.", code="invalid")
        return _FLAGS[value]


class FlagFilter(django_filters.Filter):
    """``true`` or ``false``; the filter of the library ignores everything else."""

    field_class = _FlagField


def flag(**options: Any) -> FlagFilter:
    """A filter that is true or false."""
    return extend_schema_field({"type": "boolean"})(FlagFilter(**options))


def score(**options: Any) -> django_filters.NumberFilter:
    """A filter that is a number from 0 to 1."""
    described = {"type": "number", "minimum": 0, "maximum": 1}
    made = django_filters.NumberFilter(min_value=0, max_value=1, **options)
    return extend_schema_field(described)(made)


def row_id(**options: Any) -> django_filters.NumberFilter:
    """A filter that is the id of a row."""
    described = {"type": "integer", "minimum": 1, "maximum": HIGHEST_ID}
    made = django_filters.NumberFilter(
        min_value=1, max_value=HIGHEST_ID, decimal_places=0, **options
    )
    return extend_schema_field(described)(made)


def text(*, max_length: int, **options: Any) -> django_filters.CharFilter:
    """A filter that is a text of at most ``max_length`` characters."""
    described = {"type": "string", "maxLength": max_length}
    made = django_filters.CharFilter(max_length=max_length, **options)
    return extend_schema_field(described)(made)

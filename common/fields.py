"""Fields that take only what they say: JSON has types, and a number is not a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# So many unknown names are told of one body, so many characters of each.
MOST_NAMES, MOST_CHARACTERS = 20, 100


class StrictCharField(serializers.CharField):
    """A string; DRF's own field would also take numbers."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class FlagField(serializers.BooleanField):
    """``true`` or ``false``; DRF's own field would also take ``"yes"`` and 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class CountField(serializers.IntegerField):
    """A whole number; DRF's own field would also take ``"7"`` and ``true``."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class OnlyNamedFields:
    """For a serializer of our own routes: what it has no field for is refused by its name.

    A field that is dropped in silence changes what the rest means. What is nested in such a
    serializer is one as well. The contract's bodies are sent back whole, so they go without.
    """

    def to_internal_value(self, data: Any) -> Any:
        refused = self._refused(data)
        try:
            value = super().to_internal_value(data)  # type: ignore[misc]
        except serializers.ValidationError as exc:
            found: Any = exc.detail
            raise serializers.ValidationError({**found, **refused}) from exc
        if refused:
            raise serializers.ValidationError(refused)
        return value

    def _refused(self, data: Any) -> dict[str, list[Any]]:
        if not isinstance(data, Mapping):
            return {}
        fields: Mapping[str, Any] = self.fields  # type: ignore[attr-defined]
        refused = [name for name in data if name not in fields or fields[name].read_only]
        return {str(name)[:MOST_CHARACTERS]: [_why(name, fields)] for name in refused[:MOST_NAMES]}


def _why(name: str, fields: Mapping[str, Any]) -> ErrorDetail:
    if name in fields:
        return ErrorDetail("This field can only be read.", code="read_only")
    return ErrorDetail("There is no such field.", code="unknown_field")

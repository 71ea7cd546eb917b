"""Flags as they stand in addresses: the one place that reads them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.request import Request

from common.errors import InvalidInput

# A checkbox of a page sends "on".
WORDS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}
PROBLEM = "Must be true or false."


def flag_of(text: str) -> bool | None:
    """Whether ``text`` says yes, in any letter case; None where it says nothing of the kind."""
    return WORDS.get(text.strip().lower())


def query_flag(request: Request, name: str) -> bool:
    """The flag of this name in the address, false where there is none; raises InvalidInput."""
    given = request.query_params.get(name)
    flag = False if given is None else flag_of(given)
    if flag is None:
        raise InvalidInput(reason=f"{name} must be true or false.")
    return flag


class FlagCheckbox(forms.CheckboxInput):
    """Hands on what an address says; Django's own takes any word for a yes."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, check_test=lambda value: bool(flag_of(str(value))))

    def format_value(self, value: Any) -> None:
        """Nothing: a box that is ticked says "on", whatever the address said."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name)


class FlagFormField(forms.Field):
    """A flag of a filter, None where it is not set; the fields of the libraries take anything."""

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        flag = flag_of(str(value))
        if flag is None:
            raise ValidationError(PROBLEM, code="invalid")
        return flag


class QueryFlagField(serializers.BooleanField):
    """A flag of an address that a serializer reads."""

    def to_internal_value(self, data: Any) -> bool:
        flag = flag_of(str(data))
        if flag is None:
            self.fail("invalid", input=data)
        return flag

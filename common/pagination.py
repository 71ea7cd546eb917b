"""The one pagination: by key, never by count, so page ten thousand costs what page one costs.

A page ends with a key that names its last row; the next page is what an index finds
behind it. Keys are signed, so nobody can make one up, and mean nothing to the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from common.errors import RegistryError

Row = TypeVar("Row")

PAGE_SIZE = 50
LARGEST_PAGE = 200
LONGEST_KEY = 4000


class InvalidKey(RegistryError):
    code = "invalid_page_key"
    message = "{name} is not the key of a page: send the one that the page before gave."
    status = 400


class InvalidPage(RegistryError):
    code = "invalid_page"
    message = "{reason}"
    status = 400


def seal(purpose: str, content: Any) -> str:
    """A key that holds ``content`` (whatever JSON can say) and is good for ``purpose`` only."""
    return Signer(salt=f"page of {purpose}").sign_object(content)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the key with which the next page is asked for ('' on the last)."""

    rows: list[Row]
    next_key: str = ""
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one list: good for nothing else, and nobody can make one up.

    ``purpose`` tells lists and their orders apart, ``name`` is what a request calls its key.
    """

    purpose: str
    name: str

    def read(self, given: str) -> Any:
        """What the page before ended with, None on the first; raises InvalidKey for no key."""
        if not given:
            return None
        try:
            return Signer(salt=f"page of {self.purpose}").unsign_object(given[:LONGEST_KEY])
        except (BadSignature, ValueError) as exc:
            raise InvalidKey(name=self.name) from exc

    def or_first(self, given: str) -> str:
        """The same key, '' for what is none: pages of bookmarked lists then begin anew."""
        try:
            self.read(given)
        except InvalidKey:
            return ""
        return given

    def write(self, last: Any) -> str:
        """The key of the page behind ``last``; '' where that is None, on the last page."""
        return "" if last is None else seal(self.purpose, last)

    def cut(
        self,
        found: list[Row],
        *,
        size: int,
        last: Callable[[Row], Any],
        is_first: bool = True,
    ) -> Page[Row]:
        """The first ``size`` of rows that were asked for with one more, to know of a next page."""
        following = last(found[size - 1]) if len(found) > size else None
        return Page(found[:size], self.write(following), is_first)


@dataclass(frozen=True, slots=True)
class Order:
    """An order that an index can walk both ways, with the primary key as the last word.

    ``by`` is a field, or the expression of an index. Rows whose field is NULL come last in
    both directions if it ``is_nullable``. In an index that ``is_crosswise`` keys rise where
    values fall.
    """

    by: str | Combinable = "pk"
    is_nullable: bool = False
    is_crosswise: bool = False

    def page(
        self,
        rows: QuerySet[Any],
        given: str,
        keys: Keys,
        *,
        size: int,
        is_descending: bool = False,
        count: int | None = None,
    ) -> Page[Any]:
        """At most ``size`` rows behind the key ``given``; raises InvalidKey for no key.

        One query, or two where NULLs begin; ``count``, if known, saves the second where one
        page has them all.
        """
        after = keys.read(given)
        if after is not None and not (isinstance(after, list) and len(after) == 2):
            raise InvalidKey(name=keys.name)  # made before keys had their present form
        found = self._behind(rows, after, size + 1, is_descending=is_descending, count=count)
        return keys.cut(found, size=size, last=self._last, is_first=after is None)

    def _behind(
        self,
        rows: QuerySet[Any],
        after: list[Any] | None,
        size: int,
        *,
        is_descending: bool,
        count: int | None,
    ) -> list[Any]:
        if self.by == "pk":
            return list(_in_keys(rows, after, is_falling=is_descending)[:size])
        rows = rows.annotate(page_value=F(self.by) if isinstance(self.by, str) else self.by)
        found: list[Any] = []
        is_among_nulls = after is not None and after[0] is None
        if not is_among_nulls:
            known = rows.filter(page_value__isnull=False) if self.is_nullable else rows
            found = list(self._walk(known, after, is_descending=is_descending)[:size])
        is_all = after is None and len(found) == count
        if self.is_nullable and len(found) < size and not is_all:
            unknown = rows.filter(page_value__isnull=True)
            rest = _in_keys(unknown, after if is_among_nulls else None, is_falling=is_descending)
            found += rest[: size - len(found)]
        return found

    def _walk(
        self, rows: QuerySet[Any], after: list[Any] | None, *, is_descending: bool
    ) -> QuerySet[Any]:
        is_falling = is_descending != self.is_crosswise
        if after is not None:
            value, pk = after
            beyond = "lt" if is_descending else "gt"
            behind = Q(**{f"page_value__{beyond}": value})
            behind |= Q(pk__lt=pk) if is_falling else Q(pk__gt=pk)
            # the first condition is where the index starts, the second drops what was shown
            rows = rows.filter(**{f"page_value__{beyond}e": value}).filter(behind)
        value_order = F("page_value").desc() if is_descending else F("page_value").asc()
        return rows.order_by(value_order, "-pk" if is_falling else "pk")

    @staticmethod
    def _last(row: Any) -> list[Any]:
        value = getattr(row, "page_value", None)
        return [value.isoformat() if isinstance(value, datetime) else value, row.pk]


def _in_keys(rows: QuerySet[Any], after: list[Any] | None, *, is_falling: bool) -> QuerySet[Any]:
    if after is not None:
        rows = rows.filter(pk__lt=after[1]) if is_falling else rows.filter(pk__gt=after[1])
    return rows.order_by("-pk" if is_falling else "pk")


class Cursor(BasePagination):
    """Pages of at most 200 rows. A view's ``orders`` name what may be asked for.

    ``ordering=name`` rises, ``ordering=-name`` falls; a view without ``orders`` has one
    order, by key. ``default_ordering`` of a view is what holds where nothing is asked.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        size = _size(request)
        ordering = _ordering(request, view)
        self.page: Page[Any] = _orders(view)[ordering.removeprefix("-")].page(
            queryset,
            request.query_params.get("cursor", ""),
            Keys(f"{queryset.model.__name__} by {ordering}", "cursor"),
            size=size,
            is_descending=ordering.startswith("-"),
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        following = None
        if self.page.next_key:
            address = self.request.build_absolute_uri()
            following = replace_query_param(address, "cursor", self.page.next_key)
        return Response({"next": following, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "The address of the next page; null on the last one.",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = [
            _parameter(
                "cursor",
                {"type": "string", "maxLength": LONGEST_KEY},
                "The key inside `next` of the page before. It is good for the same ordering only.",
            ),
            _parameter(
                "limit",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LARGEST_PAGE,
                    "default": PAGE_SIZE,
                },
                "How many rows a page has at most.",
            ),
        ]
        if names := [name for name in _orders(view) if name]:
            choices = [sign + name for name in names for sign in ("", "-")]
            schema = {"type": "string", "enum": choices, "default": _default(view)}
            text = "What to sort by; a minus turns it round. What is unknown comes last."
            parameters.append(_parameter("ordering", schema, text))
        return parameters


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _orders(view: Any) -> Mapping[str, Order]:
    return getattr(view, "orders", None) or {"": Order()}


def _default(view: Any) -> str:
    return str(getattr(view, "default_ordering", next(iter(_orders(view)))))


def _size(request: Request) -> int:
    text = request.query_params.get("limit", str(PAGE_SIZE))
    is_number = text.isascii() and text.isdecimal() and len(text) < 5
    if not is_number or not 1 <= int(text) <= LARGEST_PAGE:
        raise InvalidPage(reason=f"limit must be a whole number from 1 to {LARGEST_PAGE}.")
    return int(text)


def _ordering(request: Request, view: Any) -> str:
    names = [name for name in _orders(view) if name]
    wanted = request.query_params.get("ordering", "") if names else ""
    if wanted and wanted.removeprefix("-") not in names:
        known = ", ".join(names)
        raise InvalidPage(reason=f"ordering must be one of {known}, or one with a minus before it.")
    return wanted or _default(view)

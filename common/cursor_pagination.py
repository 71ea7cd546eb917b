"""The pages of conventional lists of the API: a ``cursor`` is the key of the next page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from common.errors import RegistryError
from common.pagination import LONGEST_KEY, Keys, Order, Page

PAGE_SIZE = 50
LARGEST_PAGE = 200


class InvalidPage(RegistryError):
    code = "invalid_page"
    message = "{reason}"
    status = 400


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

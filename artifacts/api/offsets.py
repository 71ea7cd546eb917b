"""Pages of the contract: an ``offset`` comes in by header or query, the next goes out by header."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from common.pagination import LONGEST_KEY, Keys

PAGE_SIZE = 100
_FIRST = ("", "0")
_KEY = {"type": "string", "maxLength": LONGEST_KEY}
_GIVEN = "The `offset` of the page before; leave it out, or send 0, for the first page."
OFFSET_PARAMETERS = [
    OpenApiParameter("offset", _KEY, OpenApiParameter.QUERY, description=_GIVEN),
    OpenApiParameter(
        "offset", _KEY, OpenApiParameter.HEADER, description=f"{_GIVEN} The query goes first."
    ),
    OpenApiParameter(
        "offset",
        str,
        OpenApiParameter.HEADER,
        description="Where the next page begins: an opaque key. Absent on the last page.",
        response=[200],
    ),
]


def keys_of(purpose: str) -> Keys:
    """The keys of one list of the contract."""
    return Keys(purpose, "offset")


def given_offset(request: Request) -> str:
    """The key of the page that is asked for, '' for the first."""
    given = request.query_params.get("offset") or request.META.get("HTTP_OFFSET", "")
    return "" if given in _FIRST else given


def paged(data: list[Any], next_key: str) -> Response:
    """One page, and the key of the next where there is one."""
    return Response(data, headers={"offset": next_key} if next_key else {})

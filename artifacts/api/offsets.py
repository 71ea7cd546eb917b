"""Pages of the contract: an ``offset`` comes in by header or query, the next goes out by header."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from common.pagination import LONGEST_KEY, seal, unseal

PAGE_SIZE = 100
_KEY = {"type": "string", "maxLength": LONGEST_KEY}
_GIVEN = "The `offset` of the page before; leave it out for the first page."
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


def read_offset(request: Request, purpose: str) -> Any:
    """What the page before was told to continue with; None on the first page.

    Raises InvalidKey for anything that ``paged`` did not make for the same ``purpose``.
    """
    given = request.query_params.get("offset") or request.META.get("HTTP_OFFSET", "")
    return unseal(purpose, given, name="offset") if given else None


def paged(data: list[Any], purpose: str, following: Any) -> Response:
    """One page; ``following`` is what the next one needs to know, None on the last."""
    headers = {} if following is None else {"offset": seal(purpose, following)}
    return Response(data, headers=headers)

"""Several artifacts as the contract asks for them: by queries and by one name."""

from __future__ import annotations

import unicodedata
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts.api.offsets import OFFSET_PARAMETERS, PAGE_SIZE, given_offset, keys_of, paged
from artifacts.api.serializers import MetadataSerializer, QuerySerializer
from artifacts.errors import TooManyQueries
from artifacts.lookup import NamedArtifact, NameNotFound, Query, enumerate_ready, for_roles
from common.compiled_queries import CompiledRows
from common.pagination import Keys

MOST_QUERIES = 100
ALL_NAMES = keys_of("queries")
ONE_NAME = keys_of("names")


def answer(request: Request) -> Response:
    """One page of the ready artifacts that fit any of the queries in the body."""
    after = ALL_NAMES.read(given_offset(request))
    if isinstance(request.data, list) and len(request.data) > MOST_QUERIES:
        raise TooManyQueries(count=len(request.data), limit=MOST_QUERIES)
    given = QuerySerializer(data=request.data, many=True, allow_empty=False)
    given.is_valid(raise_exception=True)
    queries = [Query(**query) for query in given.validated_data]
    found = enumerate_ready(request.user, queries, after=after or 0, size=PAGE_SIZE + 1)
    return _page(found, ALL_NAMES)


def _page(found: list[NamedArtifact], keys: Keys) -> Response:
    page = keys.cut(found, size=PAGE_SIZE, last=lambda row: row.pk)
    return paged([row.to_json() for row in page.rows], page.next_key)


_WITH_NAME = for_roles(
    lambda visible: CompiledRows(
        lambda name, after: (
            visible().ready().filter(name=name, pk__gt=after).order_by("pk")
        ).values_list("pk", "name", "type")[: PAGE_SIZE + 1],
        name=str,
        after=int,
    )
)


class ByNameView(APIView):
    """Ready artifacts of any type with exactly this name, which may contain slashes."""

    permission_classes = [IsSearcher]

    @extend_schema(
        operation_id="artifact_by_name",
        parameters=OFFSET_PARAMETERS,
        responses={200: MetadataSerializer(many=True)},
    )
    def get(self, request: Request, name: str) -> Response:
        after = ONE_NAME.read(given_offset(request))
        caller: Any = request.user
        exactly = unicodedata.normalize("NFC", name)
        rows = _WITH_NAME[caller.is_admin].all(name=exactly, after=after or 0)
        found = [NamedArtifact(*row) for row in rows]
        if not found and after is None:
            raise NameNotFound(name=name[:255])
        return _page(found, ONE_NAME)

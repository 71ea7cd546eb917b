"""Searching by regular expression, as the contract has it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts import search
from artifacts.api.offsets import OFFSET_PARAMETERS, PAGE_SIZE, given_offset, keys_of, paged
from artifacts.api.serializers import MetadataSerializer
from artifacts.models import Artifact
from artifacts.search.dialect import LONGEST
from common.errors import RegistryError
from common.fields import StrictCharField

CUT_SHORT = "search-cut-short"
_CUT_SHORT_PARAMETER = OpenApiParameter(
    CUT_SHORT,
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    description=(
        "Present when the time for one search was up before the page was full: there may be"
        " more, and `offset` goes on from there."
    ),
    response=[200],
)


class NothingMatches(RegistryError):
    code = "nothing_matches"
    message = "No name and no README of a ready artifact matches {regex!r}."
    status = 404


class RegexSerializer(serializers.Serializer[Any]):
    regex = StrictCharField(
        max_length=LONGEST,
        trim_whitespace=False,
        help_text="In the syntax of RE2: no lookaround, no backreferences, linear time.",
    )


class ByRegExView(APIView):
    """Ready artifacts whose name or README a regular expression matches, names first."""

    permission_classes = [IsSearcher]
    unlimited = "it only reads, and the time of one search is bounded"
    problem_statuses = {404}

    @extend_schema(
        operation_id="artifact_by_regex",
        parameters=[*OFFSET_PARAMETERS, _CUT_SHORT_PARAMETER],
        request=RegexSerializer,
        responses={200: MetadataSerializer(many=True)},
        examples=[
            OpenApiExample("Sizes of Llama", value={"regex": "llama-\\d+b"}, request_only=True)
        ],
    )
    def post(self, request: Request) -> Response:
        given = RegexSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        pattern = search.compiled(given.validated_data["regex"])
        keys = keys_of(f"byRegEx {pattern.source}")
        after = keys.read(given_offset(request))
        answer = search.find(
            pattern,
            among=Artifact.objects.visible_to(request.user).ready(),
            size=PAGE_SIZE,
            after=search.Position(*after) if after else None,
        )
        if not answer.found and not answer.is_cut_short and after is None:
            raise NothingMatches(regex=pattern.source[:200])
        data = [{"name": row.name, "id": str(row.key), "type": row.type} for row in answer.found]
        response = paged(data, keys.write(answer.following))
        if answer.is_cut_short:
            response[CUT_SHORT] = "true"
        return response

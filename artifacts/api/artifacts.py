"""Several artifacts: by queries and by name as the contract has it, and the conventional list."""

from __future__ import annotations

import unicodedata
from typing import Any

import django_filters
from django.conf import settings
from django.utils.module_loading import import_string
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts.api.offsets import OFFSET_PARAMETERS, PAGE_SIZE, paged, read_offset
from artifacts.api.serializers import (
    ArtifactSerializer,
    MetadataSerializer,
    QuerySerializer,
)
from artifacts.errors import TooManyQueries
from artifacts.listing import STATES, in_state, with_newest
from artifacts.lookup import (
    Found,
    NameNotFound,
    Query,
    enumerate_ready,
    find_by_id,
    for_roles,
)
from artifacts.models import BY_SCORE, Artifact, ArtifactQuerySet, ArtifactType, State
from common import filters
from common.pagination import Order
from common.prepared import PreparedRows

MOST_QUERIES = 100
ALL_NAMES = "queries"
ONE_NAME = "names"


class ArtifactFilter(django_filters.FilterSet):
    """What the conventional list can be narrowed to."""

    type = django_filters.ChoiceFilter(choices=ArtifactType.choices)
    name = filters.text(
        lookup_expr="icontains", max_length=255, help_text="Part of the name, in any letter case."
    )
    license = filters.text(
        method="with_license", max_length=255, help_text="An SPDX id or expression."
    )
    min_score = filters.score(method="with_score", help_text="A net score of at least this.")
    owner = filters.text(
        field_name="owner__username", max_length=150, help_text="The name of the account."
    )
    state = django_filters.ChoiceFilter(
        method="with_state",
        choices=[*STATES.items(), *State.choices],
        help_text="`ready` unless given. In capitals: that of the newest version.",
    )

    class Meta:
        model = Artifact
        fields: list[str] = []

    def filter_queryset(self, queryset: ArtifactQuerySet) -> ArtifactQuerySet:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data["state"] else in_state(found, "ready")

    def with_license(self, queryset: ArtifactQuerySet, field: str, value: str) -> ArtifactQuerySet:
        return queryset.filter(license__in={value, _expression(value) or value})

    def with_score(self, queryset: ArtifactQuerySet, field: str, value: Any) -> ArtifactQuerySet:
        return queryset.alias(score=BY_SCORE).filter(score__gte=float(value))

    def with_state(self, queryset: ArtifactQuerySet, field: str, value: str) -> ArtifactQuerySet:
        return in_state(queryset, value) if value in STATES else with_newest(queryset, State(value))


def _expression(licence: str) -> str:
    """A licence as SPDX writes it; '' where nobody can tell. What reads licences is above us."""
    expression: str = import_string(settings.LICENCE_READER)(licence).expression
    return expression


class ArtifactsView(generics.ListAPIView[Artifact]):
    """GET is the conventional list, POST the contract's."""

    permission_classes = [IsSearcher]
    queryset = Artifact.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = ArtifactSerializer
    filterset_class = ArtifactFilter
    problem_statuses = {"get": set(), "post": {413}}
    orders = {
        # ids rise with the time of registration, and their index is there anyway
        "created": Order(),
        "name": Order("name"),
        "published": Order("published", is_nullable=True),
        "net_score": Order(BY_SCORE, is_crosswise=True),
        "size": Order("size_bytes", is_nullable=True),
    }
    default_ordering = "-published"

    def get_queryset(self) -> ArtifactQuerySet:
        return Artifact.objects.visible_to(self.request.user).for_listing()

    @extend_schema(operation_id="artifact_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Artifacts that fit all filters, in an order of one's choice, page by page."""
        return self.list(request)

    @extend_schema(
        operation_id="artifact_query",
        parameters=OFFSET_PARAMETERS,
        filters=False,
        request=QuerySerializer(many=True),
        responses={200: MetadataSerializer(many=True)},
    )
    def post(self, request: Request) -> Response:
        """Ready artifacts that fit any of the queries, each once; the name "*" fits all."""
        after = read_offset(request, ALL_NAMES) or 0
        if isinstance(request.data, list) and len(request.data) > MOST_QUERIES:
            raise TooManyQueries(count=len(request.data), limit=MOST_QUERIES)
        given = QuerySerializer(data=request.data, many=True, allow_empty=False)
        given.is_valid(raise_exception=True)
        queries = [Query(**query) for query in given.validated_data]
        found = enumerate_ready(request.user, queries, after=after, size=PAGE_SIZE + 1)
        return _page(found, ALL_NAMES)


def _page(found: list[Any], purpose: str) -> Response:
    following = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    return paged([one.to_json() for one in found[:PAGE_SIZE]], purpose, following)


_WITH_NAME = for_roles(
    lambda visible: PreparedRows(
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
        after = read_offset(request, ONE_NAME)
        caller: Any = request.user
        exactly = unicodedata.normalize("NFC", name)
        rows = _WITH_NAME[caller.is_admin].all(name=exactly, after=after or 0)
        found = [Found(*row) for row in rows]
        if not found and after is None:
            raise NameNotFound(name=name[:255])
        return _page(found, ONE_NAME)


class ArtifactDetailView(APIView):
    """One artifact of any type, as the conventional list shows it."""

    permission_classes = [IsSearcher]

    @extend_schema(operation_id="artifact_detail", responses={200: ArtifactSerializer})
    def get(self, request: Request, id: str) -> Response:
        return Response(ArtifactSerializer(find_by_id(request.user, id)).data)

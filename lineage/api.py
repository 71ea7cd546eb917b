"""The API of lineage and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.limits.route_limits import OWN_ROW
from accounts.permissions import IsSearcher, IsUploader, Ruled, check_owner
from artifacts.lookup import ArtifactNotFound, find, find_by_id
from artifacts.models import Artifact
from common import filters
from common.errors import InvalidInput
from common.flags import query_flag
from common.viewsets import FindsById
from lineage import cost, services
from lineage.contract import cost_json, graph_json
from lineage.models import Link, Relationship, SeenIn, Status
from lineage.serializers import (
    COSTS_SCHEMA,
    GraphSerializer,
    LinkSerializer,
    NewLinkSerializer,
)
from lineage.walk import MAX_DEPTH

if TYPE_CHECKING:
    from accounts.models import User

DIRECTIONS = ("both", "ancestors", "descendants")


class LineageView(APIView):
    """What an artifact was made from, and what was made from it."""

    permission_classes = [IsSearcher]
    problem_statuses = {400, 403, 404}

    @extend_schema(
        operation_id="artifact_lineage",
        parameters=[
            OpenApiParameter(
                "depth",
                {"type": "integer", "minimum": 0, "maximum": MAX_DEPTH, "default": MAX_DEPTH},
                description="How many generations.",
            ),
            OpenApiParameter("direction", str, enum=DIRECTIONS),
        ],
        responses={200: GraphSerializer},
    )
    def get(self, request: Request, type: str, id: str) -> Response:
        artifact = _ready(request, type, id)
        direction = request.query_params.get("direction", "both")
        if direction not in DIRECTIONS:
            raise InvalidInput(reason=f"direction must be one of {', '.join(DIRECTIONS)}.")
        found = services.graph(
            artifact, depth=_depth(request), visible_to=request.user, direction=direction
        )
        return Response(graph_json(found))


class CostView(APIView):
    """The download in megabytes (10^6 bytes), alone or with everything it was made from."""

    permission_classes = [IsSearcher]
    problem_statuses = {400, 403, 404}

    @extend_schema(
        operation_id="artifact_cost",
        parameters=[
            OpenApiParameter(
                "dependency",
                bool,
                description="Whether to add base models, datasets and code, one entry for each; "
                "bytes that several share count once in total_cost.",
            )
        ],
        responses={200: COSTS_SCHEMA},
    )
    def get(self, request: Request, type: str, id: str) -> Response:
        with_dependencies = query_flag(request, "dependency")
        artifact = _ready(request, type, id)
        if with_dependencies:
            return Response(cost_json(cost.cost_of(artifact, user=request.user)))
        alone = cost.standalone_bytes(artifact) or 0
        return Response({str(artifact.pk): {"total_cost": cost.megabytes(alone)}})


def _ready(request: Request, type: str, id: str) -> Artifact:
    artifact = find(request.user, type, id)
    if artifact.current_id is None:
        raise ArtifactNotFound(type=type, id=id)
    return artifact


def _person(request: Request) -> User:
    """Whoever asks; the rules of these views let nobody in who has not signed in."""
    return cast("User", request.user)


def _depth(request: Request) -> int:
    given = request.query_params.get("depth", str(MAX_DEPTH))
    if not (given.isascii() and given.isdigit() and len(given) < 4 and int(given) <= MAX_DEPTH):
        raise InvalidInput(reason=f"depth must be a whole number from 0 to {MAX_DEPTH}.")
    return int(given)


class LinkFilter(django_filters.FilterSet):
    child = filters.row_id(field_name="child_id")
    parent = filters.row_id(field_name="parent_id")
    relationship = django_filters.ChoiceFilter(choices=Relationship.choices)
    seen_in = django_filters.ChoiceFilter(choices=SeenIn.choices)
    status = django_filters.ChoiceFilter(choices=Status.choices)
    outside = filters.flag(field_name="parent", lookup_expr="isnull")

    class Meta:
        model = Link
        fields: list[str] = []


class LinkViewSet(
    FindsById,
    Ruled,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Link],
):
    """Links as they were read from files or added by hand."""

    what = "This link"
    queryset = Link.objects.none()
    serializer_class = LinkSerializer
    filterset_class = LinkFilter
    lookup_value_regex = "[^/]+"
    unlimited = OWN_ROW
    rules = {
        "list": IsSearcher,
        "retrieve": IsSearcher,
        "create": IsUploader,
        "destroy": IsUploader,
    }
    problem_statuses = {
        "list": {400, 403},
        "retrieve": {403, 404},
        "create": {400, 403, 404, 409},
        "destroy": {403, 404, 409},
    }

    def get_queryset(self) -> QuerySet[Link]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return (
            Link.objects.visible_to(self.request.user).valid().select_related("created_by", "child")
        )

    @extend_schema(request=NewLinkSerializer, responses={201: LinkSerializer})
    def create(self, request: Request) -> Response:
        given = NewLinkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields = given.validated_data
        child = find_by_id(request.user, fields["child"])
        check_owner(_person(request), child)
        parent = fields["parent"]
        link = services.add_link(
            child=child,
            parent=parent if "://" in parent else find_by_id(request.user, parent),
            relationship=fields["relationship"],
            by=_person(request),
        )
        return Response(LinkSerializer(link).data, status.HTTP_201_CREATED)

    def perform_destroy(self, link: Link) -> None:
        check_owner(_person(self.request), link.child)
        services.remove_link(link, by=_person(self.request))

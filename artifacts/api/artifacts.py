"""Artifacts: the conventional list, and one artifact as the contract has it."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits.route_limits import OWN_ROW
from accounts.permissions import IsDownloader, IsOwnerOrAdmin, IsSearcher, Ruled
from artifacts import services
from artifacts.api import name_queries
from artifacts.api.offsets import OFFSET_PARAMETERS
from artifacts.api.registration import answer
from artifacts.api.retrieval import ready
from artifacts.api.serializers import (
    ArtifactSerializer,
    EnvelopeSerializer,
    IngestionSerializer,
    MetadataSerializer,
    QuerySerializer,
    UpdateSerializer,
    envelope,
    metadata,
)
from artifacts.errors import OtherArtifact
from artifacts.listing import DEFAULT_ORDERING, ORDERS, STATES, narrowed
from artifacts.lookup import find, find_by_id, find_ready
from artifacts.models import Artifact, ArtifactQuerySet, ArtifactType, State
from common import filters


class ArtifactFilter(django_filters.FilterSet):
    """What the conventional list can be narrowed to, by the filter that the site has as well."""

    type = django_filters.ChoiceFilter(choices=ArtifactType.choices)
    name = filters.text(
        max_length=255,
        help_text="Words that all occur in the name or in the address of the source, in any "
        "letter case and order.",
    )
    license = filters.text(
        max_length=255,
        help_text="An SPDX id or expression, or a name that means one: `Apache License 2.0`.",
    )
    min_score = filters.score(help_text="A net score of at least this.")
    owner = filters.text(max_length=150, help_text="The name of the account.")
    state = django_filters.ChoiceFilter(
        choices=[*STATES.items(), *State.choices],
        help_text="`ready` unless given. In capitals: that of the newest version.",
    )

    class Meta:
        model = Artifact
        fields: list[str] = []

    def filter_queryset(self, queryset: ArtifactQuerySet) -> ArtifactQuerySet:
        wanted = dict(self.form.cleaned_data)
        return narrowed(queryset, words=wanted.pop("name"), **wanted)


class ArtifactViewSet(Ruled, mixins.ListModelMixin, viewsets.GenericViewSet[Artifact]):
    """Reading, changing and removing artifacts; registering them is ``registration.py``."""

    rules = {
        "list": IsSearcher,
        "query": IsSearcher,
        "by_id": IsSearcher,
        "retrieve": IsDownloader,
        "update": IsOwnerOrAdmin,
        "destroy": IsOwnerOrAdmin,
        "ingestion": IsSearcher,
    }
    limits = {"update": "artifact"}
    unlimited = {"query": "it only reads, page by page", "destroy": OWN_ROW}
    problem_statuses = {"query": {413}, "retrieve": {429}, "update": {409, 424, 429}}
    queryset = Artifact.objects.none()
    filterset_class = ArtifactFilter
    orders = ORDERS
    default_ordering = DEFAULT_ORDERING

    def get_queryset(self) -> ArtifactQuerySet:
        return Artifact.objects.visible_to(self.request.user).for_listing()

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        bodies = {"query": QuerySerializer, "update": UpdateSerializer}
        return bodies.get(self.action, ArtifactSerializer)

    def get_object(self) -> Artifact:
        """The artifact of the address, if the caller may do with it what is asked."""
        artifact = find(self.request.user, self.kwargs["type"], self.kwargs["id"])
        self.check_object_permissions(self.request, artifact)
        return artifact

    @extend_schema(operation_id="artifact_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Artifacts that fit all filters, in an order of one's choice, page by page."""
        return super().list(request)

    @extend_schema(
        operation_id="artifact_query",
        parameters=OFFSET_PARAMETERS,
        filters=False,
        request=QuerySerializer(many=True),
        responses={200: MetadataSerializer(many=True)},
    )
    def query(self, request: Request) -> Response:
        """Ready artifacts that fit any of the queries, each once; the name "*" fits all."""
        return name_queries.answer(request)

    @extend_schema(operation_id="artifact_detail", responses={200: ArtifactSerializer})
    def by_id(self, request: Request, id: str) -> Response:
        """One artifact of any type, as the conventional list shows it."""
        return Response(ArtifactSerializer(find_by_id(request.user, id)).data)

    @extend_schema(operation_id="artifact_retrieve", responses={200: EnvelopeSerializer})
    def retrieve(self, request: Request, type: str, id: str) -> Response:
        """The source of an artifact, and a link to its bytes that needs no other credential.

        Waits a little while it is being ingested; then 404 says when to ask again.
        """
        caller: Any = request.user
        artifact = find_ready(caller, type, id) or ready(request, type, id)
        return Response(envelope(artifact, request))

    @extend_schema(
        operation_id="artifact_update",
        request=UpdateSerializer,
        responses={200: EnvelopeSerializer, 202: EnvelopeSerializer},
    )
    def update(self, request: Request, type: str, id: str) -> Response:
        """Rename an artifact, fetch it again, or fetch it from elsewhere.

        200 when that was all; 202 when a new version is on its way. The present version stays
        until the new one is ready.
        """
        artifact = self.get_object()
        caller: Any = request.user
        given = UpdateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields: dict[str, Any] = given.validated_data
        _check_same(artifact, fields["metadata"])
        version = services.update(
            artifact,
            by=caller,
            name=fields["metadata"]["name"],
            url=fields["data"]["url"],
            is_refresh=fields["refresh"] or fields["data"]["refresh"],
        )
        if version is None:
            return Response(envelope(artifact, request))
        return answer(version, request, done=200)

    @extend_schema(operation_id="artifact_delete", responses={200: MetadataSerializer})
    def destroy(self, request: Request, type: str, id: str) -> Response:
        """Remove an artifact with all its versions; the answer says what it was."""
        artifact = self.get_object()
        gone = metadata(artifact)
        services.delete(artifact)
        return Response(gone)

    @extend_schema(operation_id="artifact_ingestion", responses={200: IngestionSerializer})
    def ingestion(self, request: Request, type: str, id: str) -> Response:
        """How far the newest version has come, and why it stopped if it did."""
        return Response(IngestionSerializer(self.get_object().newest).data)


def _check_same(artifact: Artifact, said: dict[str, str]) -> None:
    """Raises OtherArtifact where the envelope is not about the artifact of the address."""
    for field, value in {"id": str(artifact.pk), "type": artifact.type}.items():
        if said[field] != value:
            raise OtherArtifact(field=f"metadata.{field}", said=said[field], expected=value)

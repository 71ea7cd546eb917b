"""One artifact of the contract: its envelope, changing it, removing it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.limits import budget
from accounts.permissions import IsDownloader, IsOwnerOrAdmin, Ruled
from artifacts import services
from artifacts.api.registration import answer
from artifacts.api.retrieval import ready
from artifacts.api.serializers import (
    EnvelopeSerializer,
    MetadataSerializer,
    UpdateSerializer,
    envelope,
    metadata,
)
from artifacts.errors import OtherArtifact
from artifacts.lookup import find, find_ready
from artifacts.models import Artifact


class ArtifactView(Ruled, APIView):
    rules = {"get": IsDownloader, "put": IsOwnerOrAdmin, "delete": IsOwnerOrAdmin}
    problem_statuses = {"get": {429}, "put": {409, 424, 429}, "delete": set()}

    @extend_schema(operation_id="artifact_retrieve", responses={200: EnvelopeSerializer})
    def get(self, request: Request, type: str, id: str) -> Response:
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
    def put(self, request: Request, type: str, id: str) -> Response:
        """Rename an artifact, fetch it again, or fetch it from elsewhere.

        200 when that was all; 202 when a new version is on its way. The present version stays
        until the new one is ready.
        """
        artifact = self._own(request, type, id)
        caller: Any = request.user
        given = UpdateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields: dict[str, Any] = given.validated_data
        _check_same(artifact, fields["metadata"])
        budget.limit_rate("artifact", caller.pk)
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
    def delete(self, request: Request, type: str, id: str) -> Response:
        """Remove an artifact with all its versions; the answer says what it was."""
        artifact = self._own(request, type, id)
        gone = metadata(artifact)
        services.delete(artifact)
        return Response(gone)

    def _own(self, request: Request, type: str, id: str) -> Artifact:
        artifact = find(request.user, type, id)
        self.check_object_permissions(request, artifact)
        return artifact


def _check_same(artifact: Artifact, said: dict[str, str]) -> None:
    """Raises OtherArtifact where the envelope is not about the artifact of the address."""
    for field, value in {"id": str(artifact.pk), "type": artifact.type}.items():
        if said[field] != value:
            raise OtherArtifact(field=f"metadata.{field}", said=said[field], expected=value)

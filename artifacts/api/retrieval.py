"""Reading about one artifact: its progress, its files."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts.api.serializers import FileSerializer, IngestionSerializer
from artifacts.errors import NotIngestedYet
from artifacts.lookup import ArtifactNotFound, find
from artifacts.models import ACTIVE, Artifact, File, Version
from artifacts.waiting import wait_until
from common.api import unless_known
from common.pagination import Order


def ready(request: Request, type: str, id: str) -> Artifact:
    """The artifact once it can be used; waits a little while it is being ingested.

    Raises NotIngestedYet (404 with Retry-After) when the wait was in vain, and
    ArtifactNotFound when there is nothing to wait for.
    """
    artifact = find(request.user, type, id)
    if artifact.current_id is not None:
        return artifact
    active = Version.objects.active().filter(artifact_id=artifact.pk)
    was_active = active.exists()
    if was_active and not wait_until(lambda: not active.exists()):
        state = active.values_list("state", flat=True).first() or ACTIVE[0]
        raise NotIngestedYet(what=artifact.name, state=str(state).lower(), retry_after=5)
    artifact = find(request.user, type, id)
    if artifact.current_id is None:
        raise ArtifactNotFound(type=type, id=id)
    return artifact


class IngestionView(APIView):
    """How far the newest version has come, and why it stopped if it did."""

    permission_classes = [IsSearcher]

    @extend_schema(operation_id="artifact_ingestion", responses={200: IngestionSerializer})
    def get(self, request: Request, type: str, id: str) -> Response:
        artifact = find(request.user, type, id)
        return Response(IngestionSerializer(artifact.newest).data)


class FilesView(generics.ListAPIView[File]):
    """The files of the current version, with digests and what the scan found."""

    permission_classes = [IsSearcher]
    queryset = File.objects.none()
    serializer_class = FileSerializer
    filter_backends = []
    orders = {"path": Order("path")}

    def get_queryset(self) -> QuerySet[File]:
        return File.objects.filter(version=self.current).select_related("blob")

    @extend_schema(operation_id="artifact_files")
    def get(  # type: ignore[override]  # a 304 has no data
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        current = find(request.user, kwargs["type"], kwargs["id"]).current
        if current is None:
            raise ArtifactNotFound(type=kwargs["type"], id=kwargs["id"])
        self.current = current
        return unless_known(request, f"files-{current.pk}", lambda: self.list(request).data)

"""The files of one artifact."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request

from accounts.permissions import IsSearcher
from artifacts.api.serializers import FileSerializer
from artifacts.lookup import ArtifactNotFound, find
from artifacts.models import File
from common.api import unless_known
from common.pagination import Order


class FileViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[File]):
    """The files of the current version, with digests and what the scan found."""

    permission_classes = [IsSearcher]
    queryset = File.objects.none()
    serializer_class = FileSerializer
    filter_backends = []
    orders = {"path": Order("path")}

    def get_queryset(self) -> QuerySet[File]:
        return File.objects.filter(version=self.current).select_related("blob")

    @extend_schema(operation_id="artifact_files")
    def list(  # type: ignore[override]  # a 304 has no data
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        current = find(request.user, kwargs["type"], kwargs["id"]).current
        if current is None:
            raise ArtifactNotFound(type=kwargs["type"], id=kwargs["id"])
        self.current = current
        page = super().list
        return unless_known(request, f"files-{current.pk}", lambda: page(request).data)

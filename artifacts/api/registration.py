"""Registering: a URL goes in, an artifact on its way comes out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsUploader
from artifacts import services
from artifacts.api import uploading
from artifacts.api.serializers import EnvelopeSerializer, RegistrationSerializer, envelope
from artifacts.errors import Disqualified, IngestionFailed
from artifacts.lookup import ArtifactNotFound, check_type
from artifacts.models import Artifact, State, Version
from common.api import JSONParser


def answer(version: Version, request: Request, *, done: int = status.HTTP_201_CREATED) -> Response:
    """202 and where to watch; in synchronous mode the outcome itself, with the status ``done``."""
    artifact = version.artifact
    watch = reverse("api-ingestion", args=[artifact.type, artifact.pk])
    if not settings.INGESTION_SYNC:
        return Response(envelope(artifact), status.HTTP_202_ACCEPTED, headers={"Location": watch})
    ended = Version.objects.light().filter(pk=version.pk).first()
    if ended is None:  # somebody deleted it meanwhile
        raise ArtifactNotFound(type=artifact.type, id=str(artifact.pk))
    if ended.state == State.REJECTED:
        raise Disqualified(reason=ended.reason, id=str(artifact.pk))
    if ended.state != State.READY:
        raise IngestionFailed(
            reason=ended.reason, id=str(artifact.pk), reason_code=ended.reason_code
        )
    artifact = Artifact.objects.for_listing().get(pk=artifact.pk)
    return Response(envelope(artifact, request), done, headers={"Location": watch})


class ArtifactRegistrationView(uploading.TakesBundles, APIView):
    """Register an artifact by the URL of its source, or upload it as a zip or tar."""

    permission_classes = [IsUploader]
    limits = {"post": "artifact"}
    parser_classes = [JSONParser, uploading.BundleParser]
    problem_statuses = {409, 411, 413, 424, 429, 503}

    @extend_schema(
        operation_id="artifact_create",
        request={
            "application/json": RegistrationSerializer,
            "multipart/form-data": uploading.UploadSerializer,
        },
        responses={201: EnvelopeSerializer, 202: EnvelopeSerializer},
        examples=[
            OpenApiExample(
                "A model",
                value={"url": "https://huggingface.co/google-bert/bert-base-uncased"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, type: str) -> Response:
        check_type(type)
        caller: Any = request.user
        if uploading.is_bundle(request):
            return answer(uploading.receive(request, type), request)
        given = RegistrationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields: dict[str, Any] = given.validated_data
        version = services.register(
            url=fields["url"], name=fields.get("name", ""), type=type, owner=caller
        )
        return answer(version, request)

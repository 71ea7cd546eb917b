"""Who did what to one artifact, also after it is gone; for admins."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsAdmin
from artifacts import audit_actions
from artifacts.api.offsets import OFFSET_PARAMETERS, given_offset, keys_of, paged
from artifacts.api.serializers import MetadataSerializer
from common.pagination import Order

PAGE_SIZE = 200
BY_KEY = Order()
ACTIONS = ("CREATE", "UPDATE", "DOWNLOAD", "RATE", "AUDIT", "DELETE")


class ActorSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As it was then; `the registry` where nobody asked.")
    is_admin = serializers.BooleanField(help_text="Whether that was an admin then.")


class AuditEntrySerializer(serializers.Serializer[Any]):
    """One entry; nobody can change it."""

    user = ActorSerializer()
    date = serializers.DateTimeField(help_text="In UTC.")
    artifact = MetadataSerializer()
    action = serializers.ChoiceField(choices=ACTIONS)


class AuditView(APIView):
    """The audit trail of an artifact, newest first. Reading it is an entry as well."""

    permission_classes = [IsAdmin]
    problem_statuses = {400, 403, 404}

    @extend_schema(
        operation_id="artifact_audit",
        parameters=OFFSET_PARAMETERS,
        responses={200: AuditEntrySerializer(many=True)},
        examples=[
            OpenApiExample(
                "A download",
                value={
                    "user": {"name": "bob", "is_admin": False},
                    "date": "2025-11-21T09:13:05.120934Z",
                    "artifact": {"name": "whisper-tiny", "id": "48", "type": "model"},
                    "action": "DOWNLOAD",
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request, type: str, id: str) -> Response:
        artifact = audit_actions.remembered(request.user, type, id)
        page = BY_KEY.page(
            audit_actions.trail(artifact.pk),
            given_offset(request),
            keys_of(f"audit of {artifact.pk}"),
            size=PAGE_SIZE,
            is_descending=True,
        )
        audit_actions.record(artifact, "AUDIT")
        return paged([audit_actions.described(entry) for entry in page.rows], page.next_key)

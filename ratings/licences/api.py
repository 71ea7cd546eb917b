"""What an artifact declares of its licence, what its files hold, and where the two disagree."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts.api.retrieval import ready
from ratings.licences import permissions
from ratings.licences.stored import findings_of_version


class DeclaredSerializer(serializers.Serializer[Any]):
    expression = serializers.CharField(allow_blank=True, help_text="SPDX, or LicenseRef- ids.")
    reason = serializers.CharField(allow_blank=True)
    is_known = serializers.BooleanField(help_text="Whether the terms of all of it are known.")
    stated = serializers.CharField(allow_blank=True, help_text="As it was written.")


class DetectionSerializer(serializers.Serializer[Any]):
    spdx = serializers.CharField()
    confidence = serializers.FloatField(help_text="0.95 and more counts, below it is a hint.")
    first_line = serializers.IntegerField()
    last_line = serializers.IntegerField()
    method = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    path = serializers.CharField()
    quote = serializers.CharField(
        allow_blank=True, help_text="How a text begins; of an altered one the words of its own."
    )
    quote_line = serializers.IntegerField(help_text="Where an altered text differs, else 0.")
    is_altered = serializers.BooleanField(help_text="Near the licence, and not it.")
    is_restricting = serializers.BooleanField(help_text="Words of its own take something away.")


class FindingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["contradiction", "warning", "info"])
    message = serializers.CharField()
    path = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField()
    is_stricter = serializers.BooleanField(
        help_text="Whether the file takes away what the declaration permits."
    )


class ObligationSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    text = serializers.CharField()
    licence = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]


class PermissionsSerializer(serializers.Serializer[Any]):
    """What the licence permits; null where that is not known."""

    expression = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    fine_tuning = serializers.BooleanField(allow_null=True)
    redistribution = serializers.BooleanField(allow_null=True)
    commercial = serializers.BooleanField(allow_null=True)
    use_restrictions = serializers.BooleanField(allow_null=True)
    copyleft = serializers.CharField(allow_blank=True)
    is_known = serializers.BooleanField()
    obligations = ObligationSerializer(many=True)


class LicenceSerializer(serializers.Serializer[Any]):
    revision = serializers.CharField()
    expression = serializers.CharField(allow_blank=True, help_text="What applies; '' if unknown.")
    reason = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField()
    declared = DeclaredSerializer()
    detected = DetectionSerializer(many=True)
    conflicts = FindingSerializer(many=True)
    findings = FindingSerializer(many=True)
    permissions = PermissionsSerializer()
    looked_at = serializers.ListField(child=serializers.CharField())


class LicenceView(APIView):
    """The licence of an artifact: declared, detected, and what contradicts."""

    permission_classes = [IsSearcher]
    problem_statuses = {400, 403, 404}

    @extend_schema(operation_id="artifact_license", responses={200: LicenceSerializer})
    def get(self, request: Request, type: str, id: str) -> Response:
        artifact = ready(request, type, id)
        version = artifact.current
        assert version is not None  # noqa: S101 - ready() means that there is one
        found = findings_of_version(version)
        conflicts = [each for each in found.findings if each.severity == "contradiction"]
        answer = {
            **found.to_json(),
            "revision": version.revision,
            "conflicts": [each.to_json() for each in conflicts],
            "permissions": permissions(found.expression).to_json(),
        }
        return Response(LicenceSerializer(answer).data)

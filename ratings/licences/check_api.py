"""The licence check of the contract, and its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts.api.retrieval import ready
from common.fields import StrictCharField
from ratings.licences import check
from ratings.licences.api import ObligationSerializer

if TYPE_CHECKING:
    from accounts.models import User

ANSWERS = ["yes", "no", "unknown"]
EXAMPLE = OpenApiExample(
    "A project",
    value={"github_url": "https://github.com/huggingface/transformers"},
    request_only=True,
)


class LicenceCheckSerializer(serializers.Serializer[Any]):
    github_url = StrictCharField(
        max_length=2000, help_text="The repository of the project that wants to use the model."
    )


class FoundSerializer(serializers.Serializer[Any]):
    of = serializers.ChoiceField(choices=["model", "project"])
    licence = serializers.CharField()
    file = serializers.CharField(allow_blank=True, help_text="'' for what is declared.")
    line = serializers.IntegerField()
    last_line = serializers.IntegerField()
    confidence = serializers.FloatField()
    method = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class LicenceVerdictSerializer(serializers.Serializer[Any]):
    """The two licences alone, without what the model was made from."""

    answer = serializers.ChoiceField(choices=ANSWERS)
    is_compatible = serializers.BooleanField()
    reason = serializers.CharField()
    rule = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    inbound = serializers.CharField(allow_blank=True)
    outbound = serializers.CharField(allow_blank=True)
    obligations = ObligationSerializer(many=True)
    pairs = serializers.ListField(child=serializers.DictField())


class ChainSerializer(serializers.Serializer[Any]):
    parent = serializers.CharField()  # type: ignore[assignment]
    relationship = serializers.CharField()
    licence = serializers.CharField(allow_blank=True)
    answer = serializers.ChoiceField(choices=ANSWERS)
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["contradiction", "warning", "info"])
    message = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    obligations = ObligationSerializer(many=True)
    through = serializers.CharField(allow_blank=True)
    artifact_id = serializers.CharField(allow_blank=True, help_text="'' where it is not here.")
    type = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)


class ProjectSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    revision = serializers.CharField()
    artifact_id = serializers.CharField(allow_blank=True, help_text="'' where it is not here.")
    expression = serializers.CharField(allow_blank=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=ANSWERS)
    is_compatible = serializers.BooleanField()
    sentence = serializers.CharField()
    rule = serializers.CharField(help_text="An id of docs/licences.md.")
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    verdict = LicenceVerdictSerializer()
    licences = FoundSerializer(many=True)
    obligations = ObligationSerializer(many=True)
    findings = serializers.ListField(child=serializers.DictField())
    chain = ChainSerializer(many=True)
    project = ProjectSerializer()
    note = serializers.CharField(allow_blank=True)


class LicenceCheckView(APIView):
    """May the project fine-tune the model, and use it for inference and generation?

    What nobody knows is false here.
    """

    permission_classes = [IsSearcher]
    problem_statuses = {400, 403, 404, 429, 502}

    @extend_schema(
        operation_id="artifact_license_check",
        request=LicenceCheckSerializer,
        responses={200: bool},
        examples=[EXAMPLE],
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(_check(request, id).explanation.is_compatible)


class LicenceExplanationView(APIView):
    """The same with all that led to the answer, and what is to be done in return."""

    permission_classes = [IsSearcher]
    problem_statuses = {400, 403, 404, 429, 502}

    @extend_schema(
        operation_id="artifact_license_explain",
        request=LicenceCheckSerializer,
        responses={200: ExplanationSerializer},
        examples=[EXAMPLE],
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(_check(request, id).to_json())


def _check(request: Request, id: str) -> check.Check:
    model = ready(request, "model", id)
    given = LicenceCheckSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    user = cast("User", request.user)
    return check.check(model, github_url=given.validated_data["github_url"], user=user)

"""The licence of an artifact, the licence check of the contract, and its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.limits.route_limits import Limit
from accounts.permissions import IsSearcher
from artifacts.api.retrieval import ready
from ratings.licences import permissions
from ratings.licences.chain import findings_of_version
from ratings.licences.check import COUNTED, Check, check
from ratings.licences.serializers import (
    ExplainedCheckSerializer,
    ExplanationSerializer,
    LicenceCheckSerializer,
    LicenceSerializer,
)

if TYPE_CHECKING:
    from accounts.models import User

EXAMPLE = OpenApiExample(
    "A project",
    value={"github_url": "https://github.com/huggingface/transformers"},
    request_only=True,
)


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
        answer = {"revision": version.revision, "licence": found}
        answer["permissions"] = permissions(found.expression)
        return Response(LicenceSerializer(answer).data)


class LicenceCheckView(APIView):
    """May the project fine-tune the model, and use it for inference and generation?

    What nobody knows is false here.
    """

    permission_classes = [IsSearcher]
    limits = {"post": Limit("license_check", counted_inside=COUNTED)}
    problem_statuses = {400, 403, 404, 429, 502}

    @extend_schema(
        operation_id="artifact_license_check",
        request=LicenceCheckSerializer,
        responses={200: bool},
        examples=[EXAMPLE],
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(_check(request, id, LicenceCheckSerializer).explanation.is_compatible)


class LicenceExplanationView(APIView):
    """The same with all that led to the answer, and what is to be done in return."""

    permission_classes = [IsSearcher]
    limits = {"post": Limit("license_check", counted_inside=COUNTED)}
    problem_statuses = {400, 403, 404, 429, 502}

    @extend_schema(
        operation_id="artifact_license_explain",
        request=ExplainedCheckSerializer,
        responses={200: ExplanationSerializer},
        examples=[EXAMPLE],
    )
    def post(self, request: Request, id: str) -> Response:
        found = _check(request, id, ExplainedCheckSerializer)
        return Response(ExplanationSerializer(found).data)


def _check(request: Request, id: str, body: type[LicenceCheckSerializer]) -> Check:
    model = ready(request, "model", id)
    given = body(data=request.data)
    given.is_valid(raise_exception=True)
    user = cast("User", request.user)
    return check(model, github_url=given.validated_data["github_url"], user=user)

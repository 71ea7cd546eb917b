"""The API of ratings: the contract's 26 fields, and the richer answer with its reasons."""

from __future__ import annotations

import hashlib
from typing import Any

import django_filters
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts.api.retrieval import ready
from artifacts.lookup import find, for_roles, row_of
from artifacts.models import Artifact, ArtifactType
from common import filters
from common.api import unless_known
from common.errors import NotFound, RegistryError
from common.ids import row_id
from common.pagination import Order
from common.prepared import Prepared
from ratings.models import Rating, RatingQuerySet

# The contract's order. An unknown measurement is -1 here and null in the richer answer.
CONTRACT_METRICS = (
    "ramp_up_time",
    "bus_factor",
    "performance_claims",
    "license",
    "dataset_and_code_score",
    "dataset_quality",
    "code_quality",
    "reproducibility",
    "reviewedness",
    "tree_score",
)
DEVICES = ("raspberry_pi", "jetson_nano", "desktop_pc", "aws_server")
UNKNOWN = -1


class NotRated(RegistryError):
    code = "not_rated"
    message = "{what} has no rating."
    status = 404


def contract_rating(artifact: Artifact, rating: Rating) -> dict[str, Any]:
    """The 26 fields; latencies are in seconds."""
    measured = rating.measurements
    answer: dict[str, Any] = {
        "name": artifact.name,
        "category": artifact.type.upper(),
        "net_score": _score(rating.net_score),
        "net_score_latency": rating.net_latency_seconds,
    }
    for name in CONTRACT_METRICS:
        answer[name] = _score(measured.get(name, {}).get("score"))
        answer[f"{name}_latency"] = measured.get(name, {}).get("latency_seconds", 0.0)
    size = measured.get("size_score", {})
    parts = size.get("parts") or {}
    answer["size_score"] = {device: _score(parts.get(device)) for device in DEVICES}
    answer["size_score_latency"] = size.get("latency_seconds", 0.0)
    return answer


def _score(value: float | None) -> float:
    return UNKNOWN if value is None else value


def _contract_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    fields: dict[str, serializers.Field[Any, Any, Any, Any]] = {
        "name": serializers.CharField(),
        "category": serializers.CharField(),
        "net_score": serializers.FloatField(),
        "net_score_latency": serializers.FloatField(),
    }
    for name in CONTRACT_METRICS:
        fields[name] = serializers.FloatField()
        fields[f"{name}_latency"] = serializers.FloatField()
    fields["size_score"] = inline_serializer(
        "SizeScore", {device: serializers.FloatField() for device in DEVICES}
    )
    fields["size_score_latency"] = serializers.FloatField()
    return fields


class EvidenceSerializer(serializers.Serializer[Any]):
    note = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    remedy = serializers.CharField(allow_blank=True)


class RatedFindingSerializer(serializers.Serializer[Any]):
    """What a rule of the gate may be about, whatever the score."""

    kind = serializers.CharField()
    reason = serializers.CharField()


class MeasurementSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    reason = serializers.CharField()
    evidence = EvidenceSerializer(many=True)
    latency_seconds = serializers.FloatField(required=False)
    parts = serializers.DictField(child=serializers.FloatField(), required=False)
    findings = RatedFindingSerializer(many=True, required=False)


class BrokenRuleSerializer(serializers.Serializer[Any]):
    metric = serializers.CharField()
    minimum = serializers.FloatField(allow_null=True)
    actual = serializers.FloatField(allow_null=True)
    reason = serializers.CharField()


class VerdictSerializer(serializers.Serializer[Any]):
    passed = serializers.BooleanField()
    broken = BrokenRuleSerializer(many=True)
    warnings = BrokenRuleSerializer(many=True)


class RatingRowSerializer(serializers.ModelSerializer[Rating]):
    """A rating without its measurements; unknown is null."""

    artifact_id = serializers.CharField(source="version.artifact_id", read_only=True)
    artifact_type = serializers.ChoiceField(
        ArtifactType.choices, source="version.artifact.type", read_only=True
    )
    artifact_name = serializers.CharField(source="version.artifact.name", read_only=True)
    revision = serializers.CharField(source="version.revision", read_only=True)
    passed = serializers.BooleanField(
        source="verdict.passed", read_only=True, help_text="Whether the gate let it through."
    )

    class Meta:
        model = Rating
        fields = [
            "id",
            "artifact_id",
            "artifact_type",
            "artifact_name",
            "revision",
            "catalogue_version",
            "net_score",
            "coverage",
            "passed",
            "created",
        ]


class RatingSerializer(serializers.ModelSerializer[Rating]):
    """Every measurement with its reason and evidence; unknown is null."""

    revision = serializers.CharField(source="version.revision", read_only=True)
    measurements = serializers.DictField(child=MeasurementSerializer(), read_only=True)
    verdict = VerdictSerializer(read_only=True)

    class Meta:
        model = Rating
        fields = [
            "id",
            "revision",
            "catalogue_version",
            "net_score",
            "coverage",
            "verdict",
            "measurements",
            "created",
        ]


def _newest(request: Request, artifact: Artifact, ratings: RatingQuerySet) -> Rating:
    """The newest of ``ratings``; a caller that may know it already has its heavy part later."""
    if "HTTP_IF_NONE_MATCH" in request.META:
        ratings = ratings.light()
    rating = ratings.defer("version__facts", "version__notes").first()
    if rating is None:
        raise NotRated(what=artifact.name)
    return rating


# the rating of a model that is ready, with its name, in one question
_OF_MODEL = for_roles(
    lambda visible: Prepared(
        lambda pk, type: (
            Rating.objects.filter(version__in=visible().filter(pk=pk, type=type).values("current"))
            .select_related("version__artifact")
            .only(
                "net_score",
                "net_latency_seconds",
                "measurements",
                "version__artifact__name",
                "version__artifact__type",
            )
        ),
        pk=int,
        type=str,
    )
)


class RateView(APIView):
    """The rating of a model as the contract writes it."""

    permission_classes = [IsSearcher]

    @extend_schema(
        operation_id="model_rate",
        responses={200: inline_serializer("ModelRating", _contract_fields())},
    )
    def get(self, request: Request, id: str) -> HttpResponseBase:
        """The 26 fields; -1 is unknown, latencies are in seconds.

        Waits a little while the model is being ingested; then 404 says when to ask again.
        """
        caller: Any = request.user
        pk = row_of(id, what=ArtifactType.MODEL)
        rating = None
        if "HTTP_IF_NONE_MATCH" not in request.META:
            rating = _OF_MODEL[caller.is_admin].first(pk=pk, type=ArtifactType.MODEL.value)
        if rating is None:
            artifact = ready(request, ArtifactType.MODEL, id)
            rating = _newest(request, artifact, Rating.objects.filter(version=artifact.current))
        else:
            artifact = rating.version.artifact
        digest = hashlib.sha256(artifact.name.encode()).hexdigest()[:12]
        return unless_known(
            request, f"rate-{rating.pk}-{digest}", lambda: contract_rating(artifact, rating)
        )


class RatingView(APIView):
    """The newest rating of an artifact, with reasons and evidence; also of a rejected one."""

    permission_classes = [IsSearcher]

    @extend_schema(operation_id="artifact_rating", responses={200: RatingSerializer})
    def get(self, request: Request, type: str, id: str) -> HttpResponseBase:
        artifact = find(request.user, type, id)
        ratings = Rating.objects.filter(version=artifact.current)
        if artifact.current is None:
            ratings = Rating.objects.filter(version__artifact=artifact)
        rating = _newest(request, artifact, ratings.select_related("version"))
        return unless_known(request, f"rating-{rating.pk}", lambda: RatingSerializer(rating).data)


class RatingFilter(django_filters.FilterSet):
    artifact = filters.row_id(field_name="version__artifact", help_text="Its id.")
    type = django_filters.ChoiceFilter(
        field_name="version__artifact__type", choices=ArtifactType.choices
    )
    min_score = filters.score(field_name="net_score", lookup_expr="gte")

    class Meta:
        model = Rating
        fields: list[str] = []


class RatingViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Rating]
):
    """Every rating that was ever made, those that a newer one replaced included."""

    permission_classes = [IsSearcher]
    queryset = Rating.objects.none()
    filterset_class = RatingFilter
    orders = {"created": Order()}  # ratings are never changed, so their ids rise with time
    default_ordering = "-created"

    def get_serializer_class(self) -> type[serializers.ModelSerializer[Rating]]:
        return RatingRowSerializer if self.action == "list" else RatingSerializer

    def get_queryset(self) -> RatingQuerySet:
        ratings = Rating.objects.visible_to(self.request.user).select_related("version__artifact")
        ratings = ratings.defer("version__facts", "version__notes")
        return ratings.light() if self.action == "list" else ratings

    def get_object(self) -> Rating:
        number = row_id(self.kwargs["pk"], what="This rating")
        rating = self.get_queryset().filter(pk=number).first()
        if rating is None:
            raise NotFound(what="This rating")
        return rating

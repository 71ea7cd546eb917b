"""Ratings as JSON: the contract's 26 fields, and the richer answer with its reasons."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from artifacts.facts.devices import DEVICES
from artifacts.models import Artifact, ArtifactType
from ratings.models import Rating

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
UNKNOWN = -1


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
    answer["size_score"] = {device.name: _score(parts.get(device.name)) for device in DEVICES}
    answer["size_score_latency"] = size.get("latency_seconds", 0.0)
    return answer


def _score(value: float | None) -> float:
    return UNKNOWN if value is None else value


def contract_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
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
        "SizeScore", {device.name: serializers.FloatField() for device in DEVICES}
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

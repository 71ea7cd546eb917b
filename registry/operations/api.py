"""The parts of the API that belong to the whole registry: health and tracks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Public
from common.flags import QueryFlagField
from registry.operations import health

PROBES = "whoever watches over the registry asks often, and what is found is kept for a while"
TRACKS = (
    "Performance track",
    "Access control track",
    "High assurance track",
    "Other Security track",
)


class WindowSerializer(serializers.Serializer[Any]):
    windowMinutes = serializers.IntegerField(default=60, min_value=5, max_value=1440)  # noqa: N815 - the contract's spelling
    includeTimeline = QueryFlagField(default=False)  # noqa: N815 - the same


class IssueSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["info", "warning", "error"])
    summary = serializers.CharField()
    details = serializers.CharField(allow_blank=True)


class BucketSerializer(serializers.Serializer[Any]):
    bucket = serializers.DateTimeField()
    value = serializers.FloatField()
    unit = serializers.CharField()


class LogSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # the contract says so
    url = serializers.CharField()


class ComponentSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    display_name = serializers.CharField()
    status = serializers.ChoiceField(choices=["ok", "degraded", "critical", "unknown"])
    observed_at = serializers.DateTimeField()
    description = serializers.CharField()
    metrics = serializers.DictField(child=serializers.FloatField())
    issues = IssueSerializer(many=True)
    timeline = BucketSerializer(many=True)
    logs = LogSerializer(many=True)


class HealthView(APIView):
    """Whether this process answers."""

    authentication_classes = []
    permission_classes = [Public]
    unlimited = PROBES
    problem_statuses: set[int] = set()

    @extend_schema(
        operation_id="health",
        auth=[],
        responses={200: inline_serializer("Health", {"status": serializers.CharField()})},
    )
    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class ComponentsView(APIView):
    """What probes of every part found."""

    authentication_classes = []
    permission_classes = [Public]
    unlimited = PROBES
    problem_statuses = {400}

    @extend_schema(
        operation_id="health_components",
        auth=[],
        parameters=[WindowSerializer],
        responses={
            200: inline_serializer(
                "HealthComponents",
                {
                    "components": ComponentSerializer(many=True),
                    "generated_at": serializers.DateTimeField(),
                    "window_minutes": serializers.IntegerField(),
                },
            )
        },
    )
    def get(self, request: Request) -> Response:
        given = WindowSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        window_minutes = given.validated_data["windowMinutes"]
        found = health.components(
            window_minutes=window_minutes, with_timeline=given.validated_data["includeTimeline"]
        )
        return Response(
            {
                "components": [asdict(part) for part in found],
                "generated_at": now(),
                "window_minutes": window_minutes,
            }
        )


class TracksView(APIView):
    """The tracks this registry was planned for."""

    authentication_classes = []
    permission_classes = [Public]
    unlimited = PROBES
    problem_statuses: set[int] = set()

    @extend_schema(
        operation_id="tracks",
        auth=[],
        responses={
            200: inline_serializer(
                "Tracks", {"plannedTracks": serializers.ListField(child=serializers.CharField())}
            )
        },
    )
    def get(self, request: Request) -> Response:
        return Response({"plannedTracks": TRACKS})

"""The shapes of lineage and cost: the contract's, and what is added to them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.fields import OnlyNamedFields, StrictCharField
from lineage.models import Link, Relationship


class SightingSerializer(serializers.Serializer[Any]):
    seen_in = serializers.CharField()
    path = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField(allow_null=True)


class NodeSerializer(serializers.Serializer[Any]):
    artifact_id = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Where the link that leads here was seen."
    )
    metadata = serializers.DictField()


class EdgeSerializer(serializers.Serializer[Any]):
    from_node_artifact_id = serializers.CharField(help_text="The parent.")
    to_node_artifact_id = serializers.CharField(help_text="The child.")
    relationship = serializers.ChoiceField(choices=Relationship.choices)
    status = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    seen = SightingSerializer(many=True)


class GraphSerializer(serializers.Serializer[Any]):
    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)
    is_complete = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)


# One entry for each artifact under its id, in megabytes of 10^6 bytes.
COSTS_SCHEMA = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["total_cost"],
        "properties": {
            "total_cost": {"type": "number"},
            "standalone_cost": {"type": "number"},
            "unknown": {
                "type": "array",
                "items": {"type": "string"},
                "description": "What is needed as well and not counted: its size is not known.",
            },
        },
    },
}


class LinkSerializer(serializers.ModelSerializer[Link]):
    child = serializers.CharField(source="child_id")
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent_id", allow_null=True
    )
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)

    class Meta:
        model = Link
        fields = [
            "id",
            "child",
            "parent",
            "parent_type",
            "parent_name",
            "parent_url",
            "relationship",
            "seen_in",
            "path",
            "line",
            "status",
            "reason",
            "created",
            "created_by",
        ]


@extend_schema_field({"type": "string", "pattern": "^[a-zA-Z0-9-]+$", "maxLength": 100})
class IdField(StrictCharField):
    """The id of an artifact."""


@extend_schema_field({"type": "string", "pattern": "^([a-zA-Z0-9-]+|.+://.+)$", "maxLength": 2000})
class IdOrUrlField(StrictCharField):
    """The id of an artifact, or the URL of one that is not here."""


class NewLinkSerializer(OnlyNamedFields, serializers.Serializer[Any]):
    """A link by hand: ``parent`` is the id of an artifact, or the URL of one that is not here."""

    child = IdField(max_length=100)
    parent = IdOrUrlField(max_length=2000)  # type: ignore[assignment]
    relationship = serializers.ChoiceField(choices=Relationship.choices)

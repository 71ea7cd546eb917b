"""The shapes of the contract: what comes in, and the envelope that goes out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework import serializers

from artifacts import downloads
from artifacts.lookup import TYPES
from artifacts.models import Artifact, ArtifactType, File, State, Version
from common.fields import FlagField, StrictCharField
from common.row_serializer import RowIdField, RowSerializer


class MetadataSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=255)
    id = StrictCharField(max_length=100)
    type = serializers.ChoiceField(choices=ArtifactType.choices)


class DataSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="The canonical source.")
    download_url = serializers.CharField(
        required=False, help_text="Signed, expires, needs no other credential."
    )


class EnvelopeSerializer(serializers.Serializer[Any]):
    """An artifact as the contract writes it."""

    metadata = MetadataSerializer()
    data = DataSerializer()  # type: ignore[assignment]


class SourceSerializer(serializers.Serializer[Any]):
    url = StrictCharField(
        max_length=2000, help_text="Its present source, or another one to fetch it from."
    )
    refresh = FlagField(default=False, help_text="Fetch it again even from the same source.")


class UpdateSerializer(serializers.Serializer[Any]):
    """The envelope, as it was read or changed; `download_url` is not looked at."""

    metadata = MetadataSerializer(help_text="The id and the type must be those of the address.")
    data = SourceSerializer()  # type: ignore[assignment]
    refresh = FlagField(default=False, help_text="The same as inside `data`.")


class QuerySerializer(serializers.Serializer[Any]):
    """Artifacts of these types (of all if none is named) with exactly this name."""

    name = StrictCharField(max_length=255, help_text='"*" stands for every name.')
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=ArtifactType.choices), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"name": attrs["name"], "types": frozenset(attrs.get("types") or TYPES)}


class ArtifactSerializer(RowSerializer[Artifact]):
    """One row of the conventional list; unknown is null."""

    id = RowIdField()
    url = serializers.CharField(source="source_url")
    owner = serializers.CharField(source="owner.username", allow_null=True)
    revision = serializers.CharField(
        source="current.revision", allow_null=True, help_text="What is current of it."
    )

    class Meta:
        model = Artifact
        fields = [
            "id",
            "type",
            "name",
            "url",
            "owner",
            "license",
            "net_score",
            "coverage",
            "size_bytes",
            "revision",
            "created",
            "published",
        ]


class RegistrationSerializer(serializers.Serializer[Any]):
    url = StrictCharField(
        max_length=2000, help_text="A Hugging Face model or dataset, or a GitHub repository."
    )
    name = StrictCharField(max_length=255, required=False)


class ProgressSerializer(serializers.Serializer[Any]):
    files_done = serializers.IntegerField()
    files_total = serializers.IntegerField(allow_null=True)
    bytes_done = serializers.IntegerField()
    bytes_total = serializers.IntegerField(allow_null=True)


class IngestionSerializer(serializers.ModelSerializer[Version]):
    """How far a version has come, for whoever waits."""

    progress = ProgressSerializer(source="*")

    class Meta:
        model = Version
        fields = [
            "number",
            "revision",
            "state",
            "stage",
            "progress",
            "reason",
            "reason_code",
            "is_retryable",
            "attempts",
            "created",
            "started",
            "finished",
        ]


class FileSerializer(serializers.ModelSerializer[File]):
    sha256 = serializers.CharField(source="blob_id")
    git_sha1 = serializers.CharField(source="blob.git_sha1")
    size_bytes = serializers.IntegerField(source="blob.size_bytes")

    class Meta:
        model = File
        fields = ["path", "size_bytes", "sha256", "git_sha1", "is_lfs", "scan", "findings"]
        extra_kwargs = {
            "findings": {
                "help_text": "The worst first: {kind, severity, detail}, with offset or line."
            }
        }


def metadata(artifact: Artifact) -> dict[str, str]:
    return {"name": artifact.name, "id": str(artifact.pk), "type": artifact.type}


def envelope(artifact: Artifact, request: HttpRequest | None = None) -> dict[str, Any]:
    """The artifact with its source, and with a download link where there is something to get."""
    data = {"url": artifact.source_url}
    current = artifact.current
    if request is not None and current is not None and current.state == State.READY:
        data["download_url"] = downloads.bundle_url(current, request=request)
    return {"metadata": metadata(artifact), "data": data}

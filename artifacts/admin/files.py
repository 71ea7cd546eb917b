"""Files, the bytes behind them, and what was read of other places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html_join

from artifacts.admin.stored_json import facts_in_short, listed
from artifacts.admin.version_links import VersionLinks
from artifacts.models import HEAVY_VERSION_FIELDS, Blob, File, Observation, Version
from artifacts.scanning.scan_findings import in_sentences
from artifacts.templatetags.words import size
from common.admin import ReadOnly, row_link, rows_link

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


@admin.register(File)
class FileAdmin(VersionLinks, ReadOnly):
    list_display = ("path", "artifact_link", "version_link", "size", "scan", "is_lfs", "blob_link")
    list_filter = ("scan", "is_lfs", "version__artifact__type")
    search_fields = ("path", "=blob__sha256", "=version__artifact__name")
    search_hint = "Part of a path, or exactly a sha256 or the name of an artifact"
    ordering = ("-pk",)
    fields = (
        "path",
        "artifact_link",
        "version_link",
        "size",
        "blob_link",
        "is_lfs",
        "scan",
        "found",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[File]:
        heavy = ("findings", *(f"version__{name}" for name in HEAVY_VERSION_FIELDS))
        rows = super().get_queryset(request).select_related("version__artifact", "blob")
        return rows.defer(*heavy)

    @admin.display(ordering="blob__size_bytes")
    def size(self, file: File) -> str:
        return size(file.blob.size_bytes)

    @admin.display(description="Blob")
    def blob_link(self, file: File) -> SafeString:
        return row_link(Blob, file.blob_id, file.blob_id[:12])

    @admin.display(description="What the scan found", empty_value="nothing")
    def found(self, file: File) -> SafeString | None:
        return listed("{}", [(in_sentences(finding),) for finding in file.findings])


@admin.register(Blob)
class BlobAdmin(ReadOnly):
    list_display = ("short", "size", "used", "created", "orphaned")
    list_filter = (("orphaned", admin.EmptyFieldListFilter), "created")
    search_fields = ("^sha256", "=git_sha1")
    search_hint = "The beginning of a sha256, or a whole git sha1"
    ordering = ("-created",)
    fields = ("sha256", "git_sha1", "size", "used", "created", "orphaned")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Blob]:
        files = File.objects.filter(blob=OuterRef("pk")).order_by().values("blob")
        count = files.annotate(count=Count("pk")).values("count")
        return super().get_queryset(request).annotate(uses=Coalesce(Subquery(count), 0))

    @admin.display(description="sha256", ordering="sha256")
    def short(self, blob: Blob) -> str:
        return blob.sha256[:16]

    @admin.display(ordering="size_bytes")
    def size(self, blob: Blob) -> str:
        return size(blob.size_bytes)

    @admin.display(description="Files", ordering="uses")
    def used(self, blob: Blob) -> SafeString:
        return rows_link(File, blob.uses, blob__sha256__exact=blob.sha256)  # type: ignore[attr-defined]


@admin.register(Observation)
class ObservationAdmin(ReadOnly):
    list_display = ("source_url", "type", "revision", "uses", "collected")
    list_filter = ("type", "collected")
    search_fields = ("source_url", "^revision")
    search_hint = "Part of an address, or the beginning of a revision"
    ordering = ("-pk",)
    fields = ("source_url", "type", "revision", "collected", "used_by", "said")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Observation]:
        uses = Version.observations.through.objects.filter(observation=OuterRef("pk"))  # type: ignore[attr-defined]
        count = uses.order_by().values("observation").annotate(count=Count("pk")).values("count")
        rows = super().get_queryset(request).defer("facts")
        return rows.annotate(use_count=Coalesce(Subquery(count), 0))

    @admin.display(description="Versions that name it", ordering="use_count")
    def uses(self, observation: Observation) -> int:
        return int(observation.use_count)  # type: ignore[attr-defined]

    @admin.display(description="Named by", empty_value="nothing")
    def used_by(self, observation: Observation) -> SafeString | None:
        versions = Version.objects.light().filter(observations=observation)
        versions = versions.select_related("artifact")
        links = [(row_link(Version, row.pk, row.artifact.name),) for row in versions[:50]]
        return format_html_join(", ", "{}", links) if links else None

    @admin.display(description="What it says", empty_value="nothing")
    def said(self, observation: Observation) -> SafeString | None:
        return facts_in_short(observation.facts)

"""Versions for operators: how far each has come, and why it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html_join

from artifacts import services
from artifacts.admin.actions import again, quarantine_with_reason
from artifacts.admin.stored_json import facts_in_short, listed
from artifacts.models import HEAVY_VERSION_FIELDS, Artifact, File, Observation, Version
from artifacts.progress import headline
from artifacts.templatetags.words import in_words, size
from common.admin import ReadOnly, do_each, page_link, row_link, rows_link

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString


class ReasonFilter(admin.SimpleListFilter):
    """The codes of what went wrong, as far as it did."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = Version.objects.exclude(reason_code="").order_by("reason_code")
        found = codes.values_list("reason_code", flat=True).distinct()
        return [(code, in_words(code)) for code in found]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(reason_code=self.value()) if self.value() else queryset


@admin.register(Version)
class VersionAdmin(ReadOnly):
    list_display = (
        "title",
        "artifact_link",
        "state",
        "happened",
        "attempts",
        "asked_by",
        "created",
    )
    list_filter = ("state", "is_retryable", ReasonFilter, "artifact__type", "created")
    search_fields = ("artifact__name", "^revision", "^manifest_sha256")
    search_hint = "The name of an artifact, or the beginning of a revision or manifest digest"
    ordering = ("-pk",)
    actions: Any = ["try_again", "quarantine", "release"]
    fields = (
        "artifact_link",
        "number",
        "page",
        "state",
        "reason",
        "reason_code",
        "is_retryable",
        "stage",
        "progress",
        "attempts",
        "heartbeat",
        "source_url",
        "requested_revision",
        "revision",
        "size",
        "license",
        "manifest_sha256",
        "bundle_sha256",
        "files_link",
        "named",
        "asked_by",
        "created",
        "started",
        "finished",
        "log",
        "said",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        rows = super().get_queryset(request).defer(*HEAVY_VERSION_FIELDS)
        return rows.select_related("artifact", "requested_by")

    @admin.display(description="Artifact", ordering="artifact__name")
    def artifact_link(self, version: Version) -> SafeString:
        return row_link(Artifact, version.artifact_id, version.artifact.name)

    @admin.display(description="Progress")
    def progress(self, version: Version) -> str:
        if not version.is_active:
            return ""
        words = headline(version)
        if version.bytes_total:
            return f"{words} {size(version.bytes_done)} of {size(version.bytes_total)}"
        return words

    @admin.display(description="Version", ordering="pk")
    def title(self, version: Version) -> str:
        return f"{version.pk}: version {version.number}"

    @admin.display(description="What happened")
    def happened(self, version: Version) -> str:
        return self.progress(version) or truncatechars(version.reason, 120)

    @admin.display(ordering="size_bytes")
    def size(self, version: Version) -> str:
        return size(version.size_bytes)

    @admin.display(description="Asked for by", empty_value="nobody")
    def asked_by(self, version: Version) -> SafeString | None:
        by = version.requested_by
        return row_link(type(by), by.pk, by.username) if by else None

    @admin.display(description="On the site")
    def page(self, version: Version) -> SafeString:
        return page_link(version.artifact.get_absolute_url())

    @admin.display(description="Files")
    def files_link(self, version: Version) -> SafeString:
        count = version.files.count()
        return rows_link(File, f"{count} in the list", version__id__exact=version.pk)

    @admin.display(description="Names", empty_value="nothing that was read")
    def named(self, version: Version) -> SafeString | None:
        rows = version.observations.defer("facts")
        links = [(row_link(Observation, row.pk, row),) for row in rows]
        return format_html_join(", ", "{}", links) if links else None

    @admin.display(description="What the pipeline did", empty_value="nothing yet")
    def log(self, version: Version) -> SafeString | None:
        notes = [(note.get("at", ""), note.get("text", "")) for note in version.notes]
        return listed("{} {}", notes)

    @admin.display(description="What the source says", empty_value="nothing yet")
    def said(self, version: Version) -> SafeString | None:
        return facts_in_short(version.facts)

    @admin.action(description="Try again", permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Version]) -> None:
        again(request, queryset)

    @admin.action(description="Quarantine: out of lists and downloads…", permissions=["view"])
    def quarantine(self, request: HttpRequest, queryset: QuerySet[Version]) -> HttpResponse | None:
        return quarantine_with_reason(self, request, queryset)

    @admin.action(description="Release from quarantine", permissions=["view"])
    def release(self, request: HttpRequest, queryset: QuerySet[Version]) -> None:
        do_each(request, queryset, services.release, done="released.")

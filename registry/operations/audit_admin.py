"""The audit for operators: to be read and exported, not to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import auditlog.admin  # noqa: F401 - it registers the model that is registered anew here
from auditlog.models import LogEntry
from django.contrib import admin
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html, format_html_join

from accounts.models import User
from artifacts.models import Artifact
from common.admin import ReadOnly, row_link
from registry.operations import audit_pages

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, StreamingHttpResponse
    from django.utils.safestring import SafeString

HEAVY_ENTRY_FIELDS = ("changes", "changes_text", "serialized_data")

admin.site.unregister(LogEntry)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly):
    """Append-only: what it says outlives what it is about."""

    list_display = ("timestamp", "who", "what", "kind", "about", "remote_addr")
    list_filter = ("action", ("content_type", admin.RelatedOnlyFieldListFilter), "timestamp")
    list_select_related = ("content_type",)
    search_fields = ("object_repr", "=object_pk", "=actor__username", "=remote_addr")
    search_hint = "Part of a name, or exactly an id, who did it, or an address"
    ordering = ("-timestamp", "-pk")
    fields = ("timestamp", "who", "what", "kind", "about", "remote_addr", "note", "changed")
    actions = ("export",)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> StreamingHttpResponse:
        chosen = LogEntry.objects.filter(pk__in=queryset.order_by().values("pk"))
        return audit_pages.as_file(chosen, {"chosen": f"{queryset.count()} entries in the admin"})

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        rows = super().get_queryset(request).select_related("content_type")
        return rows.defer(*HEAVY_ENTRY_FIELDS)

    @admin.display(description="Who", ordering="actor")
    def who(self, entry: LogEntry) -> SafeString | str:
        name = (entry.additional_data or {}).get("actor", "the registry")
        return row_link(User, entry.actor_id, name) if entry.actor_id else name

    @admin.display(description="What", ordering="action")
    def what(self, entry: LogEntry) -> str:
        done = (entry.additional_data or {}).get("action")
        return str(done or entry.get_action_display()).lower()

    @admin.display(description="Of", ordering="content_type")
    def kind(self, entry: LogEntry) -> str:
        return entry.content_type.name

    @admin.display(description="About", ordering="object_repr")
    def about(self, entry: LogEntry) -> SafeString | str:
        if entry.content_type.model_class() is Artifact and entry.object_id:
            return row_link(Artifact, entry.object_id, entry.object_repr)
        return entry.object_repr

    @admin.display(description="Beside it", empty_value="nothing")
    def note(self, entry: LogEntry) -> SafeString | None:
        return _pairs((entry.additional_data or {}).items())

    @admin.display(description="Changed", empty_value="nothing")
    def changed(self, entry: LogEntry) -> SafeString | None:
        return _pairs(
            (field, truncatechars(f"{pair}", 500)) for field, pair in (entry.changes or {}).items()
        )


def _pairs(rows: Any) -> SafeString | None:
    items = format_html_join("", "<li>{}: {}</li>", rows)
    return format_html("<ul>{}</ul>", items) if items else None

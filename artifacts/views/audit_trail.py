"""Who did what to one artifact; for admins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.audit.actors import action_of, actor_of, note_of
from accounts.permissions import require_role
from artifacts.audit_actions import record, trail
from artifacts.lookup import find
from artifacts.models import Artifact, Version
from common.pagination import Keys, Order

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from artifacts.views import MemberRequest

PER_PAGE = 100
NEWEST_FIRST = Order("timestamp")
WORDS = {
    "CREATE": "Registered",
    "UPDATE": "Changed",
    "DELETE": "Deleted",
    "DOWNLOAD": "Downloaded",
    "RATE": "Rated",
    "AUDIT": "Read the audit",
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit as a person reads it."""

    moment: datetime
    actor: str
    action: str
    changes: list[tuple[str, str, str]]
    address: str


@require_GET
@require_role("admin")
def audit(request: MemberRequest, type: str, id: str) -> HttpResponse:
    artifact = find(request.user, type, id)
    page = NEWEST_FIRST.page(
        _with_versions(artifact),
        request.GET.get("after", ""),
        Keys(f"audit page of {artifact.pk}", "after"),
        size=PER_PAGE,
        is_descending=True,
    )
    context = {
        "artifact": artifact,
        "tab": "audit",
        "page": page,
        "entries": [_entry(row) for row in page.rows],
    }
    record(artifact, "AUDIT")
    return render(request, "artifacts/audit.html", context)


def _with_versions(artifact: Artifact) -> QuerySet[LogEntry]:
    """The trail, and what became of each version that is still here."""
    versions = artifact.versions.values("pk")
    kind = ContentType.objects.get_for_model(Version)
    about_versions = Q(content_type=kind, object_id__in=versions)
    whole = trail(artifact.pk).order_by()
    return LogEntry.objects.filter(Q(pk__in=whole.values("pk")) | about_versions)


def _entry(row: LogEntry) -> AuditEntry:
    actor, _ = actor_of(row)
    return AuditEntry(row.timestamp, actor, _action(row), changes_of(row), row.remote_addr or "")


def _action(row: LogEntry) -> str:
    action, note = action_of(row), note_of(row)
    word = WORDS.get(action, action.capitalize())
    if row.content_type_id == ContentType.objects.get_for_model(Version).pk:
        return f"{'Asked for' if action == 'CREATE' else word} version {note.get('version', '')}"
    if "file" in note:
        return f"{word} {note['file']}"
    return word


def changes_of(row: LogEntry) -> list[tuple[str, str, str]]:
    """Field, before and after; what is not a pair of values is left out."""
    if not isinstance(row.changes, dict):
        return []
    return [
        (field.replace("_", " "), str(pair[0])[:200], str(pair[1])[:200])
        for field, pair in row.changes.items()
        if isinstance(pair, (list, tuple)) and len(pair) == 2
    ]

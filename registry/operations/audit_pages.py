"""The whole audit for admins: searched by person, action, artifact and day, and exported."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from accounts.audit.actors import ACTIONS, NOBODY, action_of, actor_of, note, note_of
from accounts.models import User
from accounts.permissions import require_role
from artifacts.models import Artifact
from artifacts.views.audit_trail import NEWEST_FIRST, WORDS, changes_of
from common.ids import number_if_any
from common.pagination import Keys, Page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from artifacts.views import MemberRequest

PER_PAGE = 100
CHUNK = 2000
KEYS = Keys("whole audit", "after")
CODES = {name: code for code, name in ACTIONS.items()}
KINDS = {
    "artifact": "Artifact",
    "version": "Version",
    "user": "Account",
    "token": "Token",
    "policyrule": "Rule",
    "logentry": "Registry",
}
# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = (
    "time", "person", "was_admin", "action", "kind", "id", "name", "type",
    "changes", "address", "agent", "credential", "entry",
)  # fmt: skip


class AuditForm(forms.Form):
    """What to look for; everything is optional and lives in the address."""

    person = forms.CharField(label="Who", required=False, max_length=150)
    action = forms.ChoiceField(
        label="What",
        required=False,
        choices=[("", "Anything"), *WORDS.items(), ("RESET", "Reset the registry")],
    )
    artifact = forms.CharField(label="Artifact", required=False, max_length=255)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            raise ValidationError("This ends before it begins.")
        return cleaned


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry as people read it, on the page and in the file."""

    entry: LogEntry
    actor: str
    was_admin: bool
    action: str
    kind: str
    note: dict[str, Any]
    artifact: Artifact | None = None  # where the page has looked, and it is still here

    @property
    def word(self) -> str:
        if self.action == "CREATE" and self.kind != KINDS["artifact"]:
            return "Made"
        word = WORDS.get(self.action, self.action.capitalize())
        return f"{word} {self.note['file']}" if "file" in self.note else word

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        return changes_of(self.entry)


@require_GET
@require_role("admin")
def audit(request: MemberRequest) -> HttpResponse:
    """A page of entries, newest first; as many queries for many as for one."""
    form = AuditForm(request.GET)
    page: Page[LogEntry] = Page([])
    if form.is_valid():
        given, found = request.GET.get("after", ""), matching(form.cleaned_data)
        page = NEWEST_FIRST.page(found, given, KEYS, size=PER_PAGE, is_descending=True)
    context = {
        "form": form,
        "lines": lines(page.rows, _present(page.rows)),
        "page": page,
        "after": page.next_key,
    }
    return render(request, "registry/audit.html", context, status=200 if form.is_valid() else 422)


@require_GET
@require_role("admin")
def export(request: MemberRequest) -> HttpResponseBase:
    """The same entries as a file, all of them, row by row."""
    form = AuditForm(request.GET)
    if not form.is_valid():
        return audit(request)
    wanted = {key: str(value) for key, value in form.cleaned_data.items() if value}
    return as_file(matching(form.cleaned_data), wanted)


def as_file(found: QuerySet[LogEntry], wanted: dict[str, str]) -> StreamingHttpResponse:
    """These entries as CSV, row by row; the export is an entry as well."""
    note("AUDIT", export=wanted)
    found = found.order_by("-timestamp", "-pk")
    response = StreamingHttpResponse(
        _csv(lines(found.iterator(chunk_size=CHUNK))), content_type="text/csv; charset=utf-8"
    )
    name = f"audit-{now():%Y-%m-%d-%H%M%S}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def matching(wanted: dict[str, Any]) -> QuerySet[LogEntry]:
    """The entries that fit what the form asks for."""
    entries = LogEntry.objects.all()
    if wanted["person"]:
        entries = entries.filter(_by(wanted["person"]))
    if wanted["action"] in CODES:
        entries = entries.filter(action=CODES[wanted["action"]])
    elif wanted["action"]:
        accessed = entries.filter(action=LogEntry.Action.ACCESS)
        entries = accessed.filter(additional_data__action=wanted["action"])
    if wanted["artifact"]:
        entries = entries.filter(_about(wanted["artifact"]))
    if wanted["since"]:
        entries = entries.filter(timestamp__gte=_midnight(wanted["since"]))
    if wanted["until"]:
        entries = entries.filter(timestamp__lt=_midnight(wanted["until"]) + timedelta(days=1))
    return entries


def _by(person: str) -> Q:
    """Entries of an account, and of those of that name that are gone."""
    if person == NOBODY:
        return Q(actor=None, additional_data__actor__isnull=True)
    user = User.objects.filter(username__iexact=person).first()
    named = Q(actor=None, additional_data__actor=user.username if user else person)
    return named | Q(actor=user) if user else named


def _about(artifact: str) -> Q:
    """Entries about the artifact with this id, or about those with this in their name."""
    kind = Q(content_type=ContentType.objects.get_for_model(Artifact))
    if number := number_if_any(artifact):
        return kind & Q(object_id=number)
    return kind & Q(object_repr__icontains=artifact)


def _midnight(day: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def lines(
    rows: Iterable[LogEntry], here: Mapping[int, Artifact] | None = None
) -> Iterator[AuditLine]:
    """The entries as people read them, one by one."""
    for row in rows:
        kind = ContentType.objects.get_for_id(row.content_type_id).model
        name, was_admin = actor_of(row)
        label = KINDS.get(kind, kind)
        artifact = (here or {}).get(_artifact_id(row, kind))
        yield AuditLine(row, name, was_admin, action_of(row), label, note_of(row), artifact)


def _artifact_id(row: LogEntry, kind: str) -> int:
    """Which artifact an entry is about, also where it is about a version of it; 0 for none."""
    given = row.object_id if kind == "artifact" else note_of(row).get("artifact")
    return given if kind in {"artifact", "version"} and isinstance(given, int) else 0


def _present(rows: list[LogEntry]) -> dict[int, Artifact]:
    """The artifacts of these entries that are still here."""
    kinds = [ContentType.objects.get_for_id(row.content_type_id).model for row in rows]
    ids = {_artifact_id(row, kind) for row, kind in zip(rows, kinds, strict=True)} - {0}
    return Artifact.objects.only("type", "name").in_bulk(ids)


class _Echo:
    """What csv writes to; each row is handed on instead of being kept."""

    def write(self, row: str) -> str:
        return row


def _csv(found: Iterable[AuditLine]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for line in found:
        yield writer.writerow([plain(cell) for cell in _cells(line)])


def _cells(line: AuditLine) -> list[object]:
    row = line.entry
    return [
        row.timestamp.astimezone(UTC).isoformat(),
        line.actor,
        "yes" if line.was_admin else "no",
        line.action,
        line.kind,
        row.object_pk,
        row.object_repr,
        line.note.get("type", ""),
        json.dumps(row.changes, ensure_ascii=False) if row.changes else "",
        row.remote_addr or "",
        line.note.get("agent", ""),
        line.note.get("credential", ""),
        row.pk,
    ]


def plain(value: object) -> str:
    """The text of a cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text

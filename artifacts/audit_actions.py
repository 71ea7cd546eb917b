"""What happened to artifacts: which changes are kept, and what no row being saved would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from accounts.audit.actors import ACTIONS, action_of, actor_of, note_of
from artifacts.lookup import ArtifactNotFound, find
from artifacts.models import Artifact, Version
from common.ids import number_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_CODES = {name: code for code, name in ACTIONS.items()}


def watch() -> None:
    """Have changes of artifacts and versions kept; not their heartbeats, facts or progress."""
    auditlog.register(
        Artifact, include_fields=["type", "name", "source_url", "owner", "is_quarantined"]
    )
    auditlog.register(Version, include_fields=["state", "reason", "license"])


def record(artifact: Artifact, action: str, actor: User | None = None, **more: Any) -> LogEntry:
    """Write one entry saying that ``actor`` did ``action`` (DOWNLOAD, RATE, AUDIT, UPDATE).

    It holds the name and the type as well, because it outlives the artifact. Without an
    ``actor`` the entry names whoever the current request comes from.
    """
    return LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(Artifact),
        object_pk=str(artifact.pk),
        object_id=artifact.pk,
        object_repr=artifact.name,
        action=_CODES.get(action, LogEntry.Action.ACCESS),
        actor=actor,
        additional_data={"action": action, **artifact.get_additional_data(), **more},
    )


def trail(artifact_id: int) -> QuerySet[LogEntry]:
    """The entries about one artifact, whether or not it still exists; newest first."""
    return LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Artifact), object_id=artifact_id
    ).order_by("-pk")


def remembered(user: User | AnonymousUser, type: str, id: str) -> Artifact:
    """Like ``find``; an artifact that is gone comes back as its entries remember it."""
    try:
        return find(user, type, id)
    except ArtifactNotFound:
        number = number_of(id)
        entry = trail(number).filter(additional_data__type=type).first() if number else None
        if entry is None:
            raise
        return Artifact(pk=number, type=type, name=entry.object_repr)


def described(entry: LogEntry) -> dict[str, Any]:
    """An entry of a trail as the contract writes it: names are those of that moment."""
    name, is_admin = actor_of(entry)
    return {
        "user": {"name": name, "is_admin": is_admin},
        "date": entry.timestamp,
        "artifact": {
            "name": entry.object_repr,
            "id": str(entry.object_id),
            "type": note_of(entry).get("type"),
        },
        "action": action_of(entry),
    }

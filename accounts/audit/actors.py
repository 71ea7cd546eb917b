"""Who did it, from where and with what: added to every audit entry as it is written.

django-auditlog's own middleware looks before a token is recognised, believes any
X-Forwarded-For, and copies headers into columns they may not fit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from auditlog.models import LogEntry
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.audit.append_only import AuditEntryFinal
from common.address import client_address

logger = logging.getLogger(__name__)

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)
_actor: ContextVar[AbstractBaseUser | None] = ContextVar("audited_actor", default=None)
_later: ContextVar[list[Callable[[], object]] | None] = ContextVar("audited_later", default=None)


@contextmanager
def acting_for(request: HttpRequest) -> Iterator[None]:
    """Entries written meanwhile name whoever the request turns out to come from."""
    mark = _request.set(request)
    try:
        yield
    finally:
        _request.reset(mark)


def answered(request: HttpRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The response that ``answer`` makes for ``request``; what waits is written behind it."""
    waiting: list[Callable[[], object]] = []
    mark = _later.set(waiting)
    try:
        with acting_for(request):
            response = answer()
    finally:
        _later.reset(mark)

    def write_behind() -> None:
        with acting_for(request):
            for write in waiting:
                try:
                    write()
                except Exception:
                    logger.exception("An audit entry could not be written.")

    if waiting:
        response._resource_closers.append(write_behind)  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other hook
    return response


def after_response(write: Callable[[], object]) -> None:
    """Do ``write`` when the caller has its answer: reading must not wait for writing.

    Outside of a request it is done at once.
    """
    waiting = _later.get()
    if waiting is None:
        write()
    else:
        waiting.append(write)


@contextmanager
def acting_as(user: AbstractBaseUser | None) -> Iterator[None]:
    """Entries written meanwhile name ``user``; for jobs and commands."""
    mark = _actor.set(user)
    try:
        yield
    finally:
        _actor.reset(mark)


def complete(sender: type[LogEntry], instance: LogEntry, **kwargs: Any) -> None:
    """Before an entry is saved: its actor, and a note that outlives the actor's account.

    Raises AuditEntryFinal for an entry that was saved before.

    ``additional_data`` holds ``actor`` and ``actor_is_admin`` as they were, ``agent`` and
    ``credential``; what the writer of the entry put there stays.
    """
    if not instance._state.adding:  # noqa: SLF001 - documented by Django
        raise AuditEntryFinal
    request = _request.get()
    note: dict[str, Any] = {}
    actor: Any = instance.actor or _actor.get() or getattr(request, "user", None)
    if actor is not None and actor.is_authenticated:
        instance.actor = actor
        note |= {"actor": actor.username, "actor_is_admin": actor.is_admin}
    if request is not None:
        instance.remote_addr = client_address(request)
        if agent := printable(request.META.get("HTTP_USER_AGENT", "")):
            note["agent"] = agent
        if credential := getattr(getattr(request, "auth", None), "name", ""):
            note["credential"] = credential
    if note:
        instance.additional_data = note | (instance.additional_data or {})


def printable(text: str, limit: int = 200) -> str:
    """What of a header can be kept: no control characters, not too much."""
    return "".join(char for char in text[:limit] if char.isprintable())


def note(action: str, **more: Any) -> LogEntry:
    """Write one entry about the registry as a whole: that it was reset, or its audit read."""
    return LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(LogEntry),
        object_pk="registry",
        object_repr=WHOLE,
        action=LogEntry.Action.ACCESS,
        additional_data={"action": action, **more},
    )


WHOLE = "the whole registry"
ACTIONS = {
    LogEntry.Action.CREATE: "CREATE",
    LogEntry.Action.UPDATE: "UPDATE",
    LogEntry.Action.DELETE: "DELETE",
}
NOBODY = "the registry"  # no username: those have no spaces


def action_of(entry: LogEntry) -> str:
    """CREATE, UPDATE, DELETE, or what the writer of the entry called it (DOWNLOAD, RATE…)."""
    return ACTIONS.get(entry.action) or str(note_of(entry).get("action", "ACCESS"))


def actor_of(entry: LogEntry) -> tuple[str, bool]:
    """Who did it, by the name of that moment, and whether that was an admin then."""
    note = note_of(entry)
    if "actor" in note:
        return str(note["actor"]), bool(note.get("actor_is_admin"))
    return NOBODY, False


def note_of(entry: LogEntry) -> dict[str, Any]:
    """What is kept beside the changes; a dictionary, whatever was written there."""
    return entry.additional_data if isinstance(entry.additional_data, dict) else {}

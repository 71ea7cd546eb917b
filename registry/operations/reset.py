"""Back to the state of the first start: an admin, the default rules, and nothing else.

Rows go in one transaction in which nobody else can write; bytes go afterwards. What was
written down in the audit stays, and no id is ever used again.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from itertools import islice

from auditlog.models import LogEntry
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection, models, transaction
from django_q.brokers import get_broker
from django_q.models import OrmQ, Task

from accounts.audit import actors
from accounts.models import Session, Token, User
from artifacts.models import Artifact, Blob, Version
from artifacts.storage import upkeep
from common.errors import RegistryError
from common.jobs import enqueue
from ratings.models import PolicyRule
from ratings.policy import DEFAULT_RULES

EMPTIED = ("artifacts", "lineage", "ratings")
BATCH = 1000
LOCK_SECONDS = 15.0
STORAGE_SECONDS = 20.0  # what is not removed by then is left to a worker


class RegistryBusy(RegistryError):
    code = "registry_busy"
    message = "Others keep writing; nothing was reset. Try again in {retry_after} seconds."
    status = 503


def reset(*, by: User, credential: object = None) -> dict[str, int]:
    """Remove everything but ``by``, the default admin, and the audit; how much of what.

    The ``credential`` in use (a Session or a Token) stays valid, all others go. Ingestions
    that are running find that their version is gone. Raises RegistryBusy.
    """
    with actors.acting_as(by), transaction.atomic():
        _lock_tables()
        removed = {"artifacts": Artifact.objects.count(), "versions": Version.objects.count()}
        _note_deletions()
        upkeep.forget_blobs()
        for model in _emptied():
            _empty(model)
        PolicyRule.objects.bulk_create(PolicyRule(**asdict(rule)) for rule in DEFAULT_RULES)
        removed["users"] = _remove_people(by, credential)
        Task.objects.all().delete()
        get_broker().purge_queue()
        actors.note("RESET", removed=removed)
    clear_storage()
    return removed


def clear_storage() -> None:
    """Remove the bytes that a reset left; where that takes long, a worker goes on."""
    deadline = time.monotonic() + STORAGE_SECONDS
    if upkeep.sweep_forgotten(lambda: time.monotonic() > deadline) is None:
        enqueue("registry.operations.reset.clear_storage")


def _emptied() -> list[type[models.Model]]:
    """Every table of the apps that hold content. Blobs stay until their bytes are gone."""
    configs = [apps.get_app_config(label) for label in EMPTIED]
    found = [model for config in configs for model in config.get_models(include_auto_created=True)]
    return [model for model in found if model is not Blob]


def _empty(model: type[models.Model]) -> None:
    """One statement, whatever there is; references are checked when the transaction ends."""
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - documented
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a table of ours


def _remove_people(by: User, credential: object) -> int:
    kept = [by.pk, *_default_admin().values_list("pk", flat=True)]
    for model in (Session, Token):
        in_use = [credential.pk] if isinstance(credential, model) else []
        model.objects.exclude(pk__in=in_use).delete()
    count = 0
    while some := list(User.objects.exclude(pk__in=kept).values_list("pk", flat=True)[:BATCH]):
        User.objects.filter(pk__in=some).delete()  # a statement has at most 65,535 values
        count += len(some)
    return count


def _default_admin() -> models.QuerySet[User]:
    return User.objects.admins().filter(username=settings.REGISTRY_ADMIN_USERNAME)


def _note_deletions() -> None:
    """The trail of each artifact ends with who removed it."""
    pattern = LogEntry()
    actors.complete(LogEntry, pattern)
    kind = ContentType.objects.get_for_model(Artifact)
    rows = Artifact.objects.order_by("pk").values_list("pk", "name", "type").iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        LogEntry.objects.bulk_create(
            LogEntry(
                content_type=kind,
                object_pk=str(pk),
                object_id=pk,
                object_repr=name,
                action=LogEntry.Action.DELETE,
                actor=pattern.actor,
                remote_addr=pattern.remote_addr,
                additional_data={
                    **actors.note_of(pattern), "name": name, "type": type, "reset": True,
                },
            )
            for pk, name, type in batch
        )  # fmt: skip


def _lock_tables() -> None:
    """Lock what will be emptied. SQLite has one writer anyway; raises RegistryBusy.

    It never waits while it holds a lock, so it cannot be part of a deadlock.
    """
    if connection.vendor != "postgresql":
        return
    written = [*_emptied(), Blob, User, Session, Token, OrmQ, Task, LogEntry, AdminLogEntry]
    tables = ", ".join(
        connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - documented
        for model in dict.fromkeys(written)
    )
    deadline = time.monotonic() + LOCK_SECONDS
    while not _lock(tables):
        if time.monotonic() > deadline:
            raise RegistryBusy(retry_after=5)
        time.sleep(0.02)


def _lock(tables: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE NOWAIT")
    except OperationalError:
        return False
    return True

"""What a vanished worker left behind: queued again, or FAILED when it happened too often."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now
from django_q.brokers import get_broker

from artifacts.ingesting import queue
from artifacts.models import State, Version
from registry.ingestion.lease import Lease


def sweep() -> None:
    """Queue again what a vanished worker left behind; what stays broken is FAILED.

    Runs every minute, and at every start.
    """
    left = {version.pk: version for version in Version.objects.stale().light()}
    if get_broker().queue_size():  # what was never claimed may simply wait its turn
        left = {pk: version for pk, version in left.items() if version.claim}
    left |= {version.pk: version for version in Version.objects.abandoned_here()}
    for version in left.values():
        is_exhausted = version.attempts >= settings.INGESTION_MAX_ATTEMPTS
        (give_up if is_exhausted else _queue_again)(version)


def _queue_again(version: Version) -> None:
    with transaction.atomic():
        if _unclaimed(version).update(claim="", heartbeat=now()):
            queue(version.pk)


def give_up(version: Version) -> None:
    """End ``version`` as FAILED, unless somebody took it meanwhile."""
    claim = f"swept:0:{version.pk}"
    if not _unclaimed(version).update(claim=claim):
        return
    version.claim = claim
    Lease(version).end(
        State.FAILED,
        reason=(
            f"The worker vanished {version.attempts} times while it was busy with this; "
            "it will not be tried again by itself."
        ),
        code="worker_vanished",
        is_retryable=True,
    )


def _unclaimed(version: Version) -> QuerySet[Version]:
    """The row of ``version``, as long as nobody else has claimed it."""
    return Version.objects.active().filter(pk=version.pk, claim=version.claim)

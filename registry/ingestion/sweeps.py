"""What a vanished worker left behind: queued again, or FAILED when it happened too often."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django_q.brokers import get_broker

from artifacts.models import State, Version
from common.jobs import enqueue
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
        unclaimed = Version.objects.active().filter(pk=version.pk, claim=version.claim)
        if version.attempts < settings.INGESTION_MAX_ATTEMPTS:
            with transaction.atomic():
                if unclaimed.update(claim="", heartbeat=now()):
                    enqueue(settings.INGESTION_JOB, version.pk)
        elif unclaimed.update(claim=f"swept:0:{version.pk}"):
            version.claim = f"swept:0:{version.pk}"
            Lease(version).end(
                State.FAILED,
                reason=(
                    f"The worker vanished {version.attempts} times while it was busy with this; "
                    "it will not be tried again by itself."
                ),
                code="worker_vanished",
                is_retryable=True,
            )

"""Doing the work in this process, where no worker does."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils.timezone import now

from artifacts import ingesting
from artifacts.models import Version
from registry.bulk import following
from registry.bulk.following import Following
from registry.bulk.progress_bar import Progress
from registry.bulk.report import ReportRow
from registry.bulk.stopping import Stop
from registry.ingestion.sweeps import give_up

logger = logging.getLogger(__name__)


@contextmanager
def synchronous() -> Iterator[None]:
    """As with INGESTION_SYNC=1, but that versions are left to a ``Worker``.

    Nothing is handed to a queue that perhaps nobody reads.
    """
    before = settings.INGESTION_SYNC
    settings.INGESTION_SYNC = True
    try:
        with ingesting.left_to_caller():
            yield
    finally:
        settings.INGESTION_SYNC = before


class Worker:
    """Works on what ``rows`` lead to, and on what those artifacts bring, one after another."""

    def __init__(self, rows: Iterable[ReportRow], progress: Progress, stop: Stop) -> None:
        rows = list(rows)
        self.artifacts = {row.artifact_id for row in rows if row.artifact_id is not None}
        self.following = Following(rows, progress.ended)
        self.progress = progress
        self.stop = stop
        self.failures: Counter[int] = Counter()

    def work(self) -> None:
        """Return when all have ended; what it holds when it is stopped is given back."""
        try:
            self._work()
        except BaseException:
            with suppress(DatabaseError):  # the next run finds the claim of a dead process
                if not connection.in_atomic_block:
                    close_old_connections()  # the stop may have left it in no good state
                Version.objects.hand_back()
            raise

    def _work(self) -> None:
        has_said = False
        while waiting := self._waiting():
            free = [version for version in waiting if self._is_free(version)]
            for version in free:
                self.stop.check()
                self._ingest(version.pk)
                self.following.look()
            if not free:
                if not has_said:
                    self.progress.say(f"{len(waiting)} are held by another process; waiting.")
                    has_said = True
                self.stop.check()
                time.sleep(following.POLL_SECONDS)
        self.following.look()

    def _waiting(self) -> list[Version]:
        """What is still on its way of the rows, and of what their artifacts brought."""
        self._give_up_exhausted()
        active = Version.objects.active().light().select_related("artifact").order_by("pk")
        return [version for version in active if self._is_ours(version)]

    def _is_ours(self, version: Version) -> bool:
        return version.pk in self.following.rows or version.artifact.origin_id in self.artifacts

    def _give_up_exhausted(self) -> None:
        """Have those FAILED that took a process with them too often."""
        for version in (*Version.objects.stale().light(), *Version.objects.abandoned_here()):
            if version.attempts >= settings.INGESTION_MAX_ATTEMPTS:
                give_up(version)

    def _is_free(self, version: Version) -> bool:
        """Whether nobody works on it; what a process that is gone had begun goes on here."""
        if version.attempts >= settings.INGESTION_MAX_ATTEMPTS:
            return False
        if not version.claim:
            return True
        limit = now() - timedelta(seconds=settings.INGESTION_STALE_SECONDS)
        if version.heartbeat is not None and version.heartbeat < limit:
            return True
        return Version.objects.release_abandoned(version)

    def _ingest(self, version_id: int) -> None:
        """Do what a worker does; a bug in one ingestion is loud and stops no other."""
        try:
            ingesting.ingest(version_id)
        except Exception:
            logger.exception("version %s could not be ingested", version_id)
            self.failures[version_id] += 1
            is_hopeless = self.failures[version_id] >= settings.INGESTION_MAX_ATTEMPTS
            if is_hopeless and Version.objects.active().filter(pk=version_id).exists():
                raise  # not even that it failed can be written down

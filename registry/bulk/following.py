"""Following versions to their end: by looking at their rows, wherever they are worked on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.utils.timezone import now

from artifacts.models import Version
from registry.bulk.progress_bar import Progress
from registry.bulk.report import ReportRow
from registry.bulk.stopping import Stop

POLL_SECONDS = 1.0
# After so long without any movement somebody should hear of it.
STILL_SECONDS = 60.0
_BATCH = 500


class Following:
    """The rows whose versions are on their way; ``on_end`` hears of each that has ended."""

    def __init__(
        self, rows: Iterable[ReportRow], on_end: Callable[[ReportRow], object] | None = None
    ) -> None:
        self.on_end = on_end
        self.rows: dict[int, list[ReportRow]] = {}
        for row in rows:
            if row.is_running and row.version_id is not None:
                self.rows.setdefault(row.version_id, []).append(row)

    def look(self) -> int:
        """See which versions have ended, and how; their number.

        One query about all that are on their way, and one for each 500 that have ended.
        """
        if not self.rows:
            return 0
        between = Version.objects.filter(pk__gte=min(self.rows), pk__lte=max(self.rows))
        active = set(between.active().values_list("pk", flat=True))
        ended = [pk for pk in self.rows if pk not in active]
        for start in range(0, len(ended), _BATCH):
            some = ended[start : start + _BATCH]
            found = Version.objects.light().in_bulk(some)
            for pk in some:
                for row in self.rows.pop(pk):
                    row.see(found.get(pk))
                    if self.on_end is not None:
                        self.on_end(row)
        return len(ended)

    def wait(self, progress: Progress, stop: Stop) -> None:
        """Return when all have ended; says so when nothing moves."""
        still_since = time.monotonic()
        while self.rows:
            stop.check()
            if self.look():
                still_since = time.monotonic()
            elif time.monotonic() - still_since >= STILL_SECONDS:
                still_since = time.monotonic()
                _say_that_nothing_moves(progress)
            if self.rows:
                time.sleep(POLL_SECONDS)


def _say_that_nothing_moves(progress: Progress) -> None:
    """Unless some version, of this list or not, has had a heartbeat lately."""
    lately = now() - timedelta(seconds=settings.INGESTION_STALE_SECONDS)
    held = Version.objects.active().exclude(claim="")
    if not held.filter(heartbeat__gte=lately).exists():
        progress.say(
            f"No worker has taken anything for {STILL_SECONDS:.0f} s. Start one with"
            " manage.py qcluster, or stop this and run it again with --here."
        )

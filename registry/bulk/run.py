"""One run over some lists, from the first line to the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from registry.bulk.following import Following
from registry.bulk.lists import ListLine, ListReader
from registry.bulk.progress_bar import Progress
from registry.bulk.register_lines import BATCH, Registrar
from registry.bulk.report import BulkReport, ReportRow
from registry.bulk.stopping import Stop
from registry.bulk.working import Worker

MAX_LINES = 100_000  # of one run: each needs a row of the report


class Run:
    """Registers, and waits or works if it is asked to; ``report`` is true at any moment."""

    def __init__(self, registrar: Registrar, progress: Progress, stop: Stop) -> None:
        self.registrar = registrar
        self.progress = progress
        self.stop = stop
        self.report = BulkReport()

    def register(self, lists: Iterable[Iterable[ListLine]]) -> None:
        """Register while reading: only the rows of the report are kept."""
        for row in self.progress.registering(self._rows(lists)):
            self.report.rows.append(row)
        self.report.warnings += [
            warning for each in lists if isinstance(each, ListReader) for warning in each.warnings
        ]

    def _rows(self, lists: Iterable[Iterable[ListLine]]) -> Iterator[ReportRow]:
        lines = _limited(chain.from_iterable(lists))
        while some := list(islice(lines, BATCH)):
            self.stop.check()
            yield from self.registrar.register(some)

    def look(self) -> None:
        """See once how far all have come."""
        Following(self.report.rows).look()

    def wait(self) -> None:
        """Return when workers, wherever they are, have brought all to their end."""
        following = Following(self.report.rows, self.progress.ended)
        with self.progress.until_all_end(self._running()):
            following.wait(self.progress, self.stop)

    def work(self) -> None:
        """Bring all to their end in this process."""
        with self.progress.until_all_end(self._running()):
            Worker(self.report.rows, self.progress, self.stop).work()

    def _running(self) -> int:
        return sum(row.is_running for row in self.report.rows)


def _limited(lines: Iterable[ListLine]) -> Iterator[ListLine]:
    for count, line in enumerate(lines):
        if count == MAX_LINES:
            reason = f"One run takes {MAX_LINES:,} lines; this one and all below are left out."
            yield ListLine(line.source, line.number, url=line.url, problem=reason)
            return
        yield line

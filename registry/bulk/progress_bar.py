"""What a person sees while it takes its time."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from artifacts.models import State
from registry.bulk.report import ReportRow, printable


class Progress:
    """A bar where stderr is a terminal, a line for each row that ends otherwise."""

    def __init__(self, write: Callable[[str], object], *, is_quiet: bool = False) -> None:
        self.write = write
        self.is_quiet = is_quiet
        self.has_bar = sys.stderr.isatty() and not is_quiet
        self.bar: tqdm[Any] | None = None
        self.done = self.total = 0

    def registering(self, rows: Iterable[ReportRow]) -> Iterator[ReportRow]:
        """``rows``, counted on a terminal while they come."""
        return iter(
            tqdm(rows, desc="Registering", unit="line", leave=False, disable=not self.has_bar)
        )

    @contextmanager
    def until_all_end(self, total: int) -> Iterator[Self]:
        """Show how many of ``total`` rows have ended, as long as the block lasts."""
        self.done, self.total = 0, total
        with (
            logging_redirect_tqdm(),  # lines of the log do not cut the bar in pieces
            tqdm(total=total, unit="line", disable=not (self.has_bar and total)) as self.bar,
        ):
            yield self

    def ended(self, row: ReportRow) -> None:
        """One more has ended; of those that are READY a bar only counts."""
        self.done += 1
        if self.bar is not None:
            self.bar.update()
        if self.has_bar and row.state == State.READY:
            return
        reason = f": {printable(row.reason)}" if row.is_bad else ""
        self.say(f"{self.done}/{self.total}  {row.state}  {row.title}{reason}")

    def say(self, text: str) -> None:
        """A line of its own, above the bar where there is one."""
        if self.has_bar:
            tqdm.write(text, file=sys.stderr)
        elif not self.is_quiet:
            self.write(text)


@contextmanager
def calm_queue() -> Iterator[None]:
    """Spare a person the line that the queue logs for each task it is given."""
    queue = logging.getLogger("django-q")
    before = queue.level
    queue.setLevel(logging.WARNING)
    try:
        yield
    finally:
        queue.setLevel(before)

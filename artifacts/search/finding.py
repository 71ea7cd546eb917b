"""The search: names first, then READMEs, page by page, for as long as the budget lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db import OperationalError, connection

from artifacts.search.candidates import OutOfTime
from artifacts.search.postgres_candidates import PostgresIndex
from artifacts.search.sqlite_candidates import SqliteIndex
from artifacts.search.time_limit import Budget

if TYPE_CHECKING:
    from artifacts.models import ArtifactQuerySet
    from artifacts.search.candidates import CandidateIndex, Chunk
    from artifacts.search.dialect import Pattern

NAMES = "names"
READMES = "readmes"


class Position(NamedTuple):
    """Where to go on: behind which row of which of the two parts."""

    part: str = NAMES
    key: int = 0


class SearchMatch(NamedTuple):
    """An artifact whose name or README matches."""

    key: int
    name: str
    type: str
    part: str


@dataclass(slots=True)
class SearchPage:
    """A page of what was found; ``is_cut_short`` if time and not the page was up."""

    found: list[SearchMatch] = field(default_factory=list)
    following: Position | None = None
    is_cut_short: bool = False


def find(
    pattern: Pattern, *, among: ArtifactQuerySet, size: int, after: Position | None = None
) -> SearchPage:
    """At most ``size`` of ``among`` that ``pattern`` matches, beginning after a position."""
    with Budget() as budget, _interruptible(budget):
        return _Search(pattern, among, size, budget).run(after or Position())


@contextmanager
def _interruptible(budget: Budget) -> Iterator[None]:
    """On SQLite: end a statement that runs out of time; PostgreSQL is told with each of them."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    raw.set_progress_handler(budget.is_over, 100_000)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


class _Search:
    def __init__(
        self, pattern: Pattern, among: ArtifactQuerySet, size: int, budget: Budget
    ) -> None:
        self.pattern = pattern
        self.among = among
        self.size = size
        self.budget = budget
        self.page = SearchPage()

    def run(self, position: Position) -> SearchPage:
        """Look through the names and then the READMEs until the page is full."""
        kind = PostgresIndex if connection.vendor == "postgresql" else SqliteIndex
        index = kind(self.pattern.needs, self.budget)
        self.position = position
        if position.part == NAMES:
            if not self._look(self._names, index.names, index.scan_names, index):
                return self.page
            self.position = Position(READMES)
        self._look(self._readmes, index.readmes, index.scan_readmes, index)
        return self.page

    def _look(
        self,
        look: Callable[[Iterator[Chunk]], bool],
        by_index: Callable[..., Iterator[Chunk]],
        by_scan: Callable[..., Iterator[Chunk]],
        index: CandidateIndex,
    ) -> bool:
        """Whether there is more to do after this part: not if the page is full or time is up.

        The index is asked twice: the second time with all the time of a long search. What it
        cannot say by then is read from row to row, so that each page goes on a bit.
        """
        for chunks in (by_index, by_index, by_scan) if index.choices else (by_scan,):
            try:
                return look(chunks(self.among, after=self.position.key))
            except OutOfTime:
                if not self.budget.extend():
                    break
            except OperationalError as exc:
                if "interrupted" not in str(exc):
                    raise
                break
        return self._stop()

    def _names(self, chunks: Iterator[Chunk]) -> bool:
        for chunk in chunks:
            for key, name, type in chunk.rows:
                if self.pattern.matches(name) and not self._add(
                    SearchMatch(key, name, type, NAMES)
                ):
                    return False
            self.position = Position(NAMES, chunk.end)
            if self.budget.is_over():
                return self._stop()
        return True

    def _readmes(self, chunks: Iterator[Chunk]) -> bool:
        for chunk in chunks:
            matching, end = [], chunk.end
            for key, readme in chunk.rows:
                if self.pattern.matches(readme):
                    matching.append(key)
                if is_over := self.budget.is_over():
                    end = key
                    break
            else:
                is_over = self.budget.is_over()
            if not all(map(self._add, self._with_other_names(matching))):
                return False
            self.position = Position(READMES, end)
            if is_over:
                return self._stop()
        return True

    def _with_other_names(self, keys: list[int]) -> Iterator[SearchMatch]:
        """Those that may be seen, without those that were found by their names."""
        if keys:
            rows = self.among.filter(pk__in=keys).order_by("pk").values_list("pk", "name", "type")
            for key, name, type in rows:
                if not self.pattern.matches(name):
                    yield SearchMatch(key, name, type, READMES)

    def _add(self, found: SearchMatch) -> bool:
        """False if the page is full: then this one begins the next."""
        if len(self.page.found) == self.size:
            last = self.page.found[-1]
            key = last.key if last.part == found.part else 0
            self.page.following = Position(found.part, key)
            return False
        self.page.found.append(found)
        return True

    def _stop(self) -> bool:
        self.page.is_cut_short = True
        self.page.following = self.position
        return False

"""Rows that may match, in the order of their keys, as the database's trigram index finds them.

Whatever comes out of here is looked at again by RE2; what stays out cannot match.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from artifacts.models import SearchDocument

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from artifacts.models import ArtifactQuerySet
    from artifacts.search.needs import Needs
    from artifacts.search.time_limit import Budget


MOST_CHOICES = 6


class Chunk(NamedTuple):
    """Some rows: key, name and type of artifacts, or key and text of READMEs.

    All candidates up to ``end`` are in it or were in those before.
    """

    rows: list[tuple[Any, ...]]
    end: int


class OutOfTime(Exception):
    """The database stopped in the middle; nothing is known about what was left."""


class CandidateIndex(ABC):
    """What a search asks of a database. Rows come in chunks, so that there are places to stop."""

    NAME_CHUNKS = (200, 1000, 2000)  # few first: most pages are full soon
    README_CHUNKS = (50, 100, 200)

    def __init__(self, needs: Needs, budget: Budget) -> None:
        self.needs = needs
        self.budget = budget
        usable = [c for c in needs.choices if all(self.is_usable(text) for text in c)]
        usable.sort(key=lambda choice: (-min(map(len, choice)), len(choice)))
        self.choices = usable[:MOST_CHOICES]

    @staticmethod
    @abstractmethod
    def is_usable(literal: str) -> bool:
        """Whether the index can find a text by this."""

    @abstractmethod
    def names(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        """Artifacts whose names may match."""

    @abstractmethod
    def readmes(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        """READMEs that may match, also of artifacts that are not among these."""

    def scan_names(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        """All names, from row to row."""
        return _walk(artifacts.values_list("pk", "name", "type"), after, self.NAME_CHUNKS)

    def scan_readmes(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        """All READMEs, from row to row."""
        return _walk(SearchDocument.objects.values_list("pk", "readme"), after, self.README_CHUNKS)

    def readmes_of(self, keys: Iterable[int]) -> Iterator[Chunk]:
        """The READMEs with these keys."""
        keys = iter(keys)
        for size in chunk_sizes(self.README_CHUNKS):
            chunk = list(islice(keys, size))
            if not chunk:
                return
            rows = SearchDocument.objects.filter(pk__in=chunk).order_by("pk")
            yield Chunk(list(rows.values_list("pk", "readme")), chunk[-1])


def _walk(rows: QuerySet[Any, Any], after: int, sizes: tuple[int, ...]) -> Iterator[Chunk]:
    """All rows behind a key, in the order of keys; the key is their first value."""
    for size in chunk_sizes(sizes):
        chunk = list(rows.filter(pk__gt=after).order_by("pk")[:size])
        if chunk:
            after = chunk[-1][0]
            yield Chunk(chunk, after)
        if len(chunk) < size:
            return


def chunk_sizes(sizes: tuple[int, ...]) -> Iterator[int]:
    """Each of them, and the last one for ever."""
    yield from sizes
    while True:
        yield sizes[-1]

"""Candidates as SQLite finds them: full-text tables of trigrams."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from django.db import connection

from artifacts.search.candidates import CandidateIndex, Chunk, chunk_sizes

if TYPE_CHECKING:
    from artifacts.models import ArtifactQuerySet
    from artifacts.search.needs import Choice


class SqliteIndex(CandidateIndex):
    """Full-text tables of trigrams, which give keys in order and one after the other."""

    MOST_TRIGRAMS = 12

    @staticmethod
    def is_usable(literal: str) -> bool:
        return len(literal) >= 3 and "\0" not in literal

    def names(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        rows = artifacts.order_by("pk").values_list("pk", "name", "type")
        keys = self._keys("artifacts_name_trigrams", after)
        for size in chunk_sizes(self.NAME_CHUNKS):
            chunk = list(islice(keys, size))
            if not chunk:
                return
            yield Chunk(list(rows.filter(pk__in=chunk)), chunk[-1])

    def readmes(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        yield from self.readmes_of(self._keys("artifacts_readme_trigrams", after))

    def _keys(self, index: str, after: int) -> Iterator[int]:
        query = (
            f"SELECT rowid FROM {index} WHERE {index} MATCH %s AND rowid > %s"  # noqa: S608 - ours
            " ORDER BY rowid LIMIT %s"
        )
        for size in chunk_sizes(self.NAME_CHUNKS):
            with connection.cursor() as cursor:
                cursor.execute(query, [self._match(), after, size])
                keys = [key for (key,) in cursor.fetchall()]
            yield from keys
            if len(keys) < size:
                return
            after = keys[-1]

    def _match(self) -> str:
        return " AND ".join(f"({self._any(choice)})" for choice in self.choices)

    def _any(self, choice: Choice) -> str:
        return " OR ".join(f"({self._all(literal)})" for literal in sorted(choice))

    def _all(self, literal: str) -> str:
        """All trigrams of a literal, or some from all over a long one."""
        trigrams = list(dict.fromkeys(literal[i : i + 3] for i in range(len(literal) - 2)))
        step = -(-len(trigrams) // self.MOST_TRIGRAMS)
        quoted = (trigram.replace('"', '""') for trigram in trigrams[::step])
        return " AND ".join(f'"{trigram}"' for trigram in quoted)

"""Candidates as PostgreSQL finds them: GIN indexes of trigrams, within the time that is left."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Left

from artifacts.models import SearchDocument
from artifacts.search.candidates import (
    CandidateIndex,
    Chunk,
    OutOfTime,
    chunk_sizes,
)

if TYPE_CHECKING:
    from artifacts.models import ArtifactQuerySet
    from artifacts.search.needs import Choice


class _Sample:
    """The beginnings of some READMEs, which tell how often a literal is met. They may be old."""

    SECONDS = 60.0
    LETTERS = 8192

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.taken = 0.0

    def of(self, size: int) -> list[str]:
        """So many texts, or none where there are fewer: then all may as well be read."""
        if len(self.texts) < size or time.monotonic() - self.taken > self.SECONDS:
            rows = SearchDocument.objects.order_by("pk").annotate(
                start=Left("readme", self.LETTERS)
            )
            self.texts = list(rows.values_list("start", flat=True)[:size])
            self.taken = time.monotonic()
        return self.texts if len(self.texts) >= size else []


_sample = _Sample()


class PostgresIndex(CandidateIndex):
    """GIN indexes of trigrams, which know all keys at once and in no order."""

    RUN = re.compile(r"[A-Za-z0-9]{3}")
    # Literals that are met so often among so many READMEs are found by walking from key to key,
    # and so are those that more than the most READMEs have.
    SAMPLE, OFTEN, MOST = 100, 4, 10_000
    SHARE = 0.6  # of the time that is left; the rest is for what can be read without the index
    MOST_TRIGRAMS = 6  # of a long literal: each costs the index time, and RE2 decides anyway

    @staticmethod
    def is_usable(literal: str) -> bool:
        return PostgresIndex.RUN.search(literal) is not None and "\0" not in literal

    def names(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        # its index holds names in upper case
        rows = artifacts.filter(_named(self.choices)).order_by("pk")
        for size in chunk_sizes(self.NAME_CHUNKS):
            with self._in_time():
                chunk = list(rows.filter(pk__gt=after).values_list("pk", "name", "type")[:size])
            if chunk:
                after = chunk[-1][0]
                yield Chunk(chunk, after)
            if len(chunk) < size:
                return

    def readmes(self, artifacts: ArtifactQuerySet, *, after: int) -> Iterator[Chunk]:
        # the planner cannot tell how rare a literal is in long texts
        sample = _sample.of(self.SAMPLE)
        if sample and sum(map(self.needs.allow, sample)) < self.OFTEN:
            with self._in_time("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"):
                keys = self._keys(sample)
            if len(keys) <= self.MOST:
                yield from self.readmes_of(sorted(key for key in keys if key > after))
                return
        yield from self.scan_readmes(artifacts, after=after)

    def _keys(self, sample: list[str]) -> list[int]:
        """READMEs that hold one literal of each choice; ``sample`` tells what is rare in them."""
        params: list[str] = []
        where = " AND ".join(
            f"({' OR '.join(self._holds(literal, sample, params) for literal in sorted(choice))})"
            for choice in self.choices
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT artifact_id FROM artifacts_searchdocument WHERE {where} LIMIT %s",  # noqa: S608 - only marks
                [*params, self.MOST + 1],
            )
            return [key for (key,) in cursor.fetchall()]

    def _holds(self, literal: str, sample: list[str], params: list[str]) -> str:
        """The index looks for the rare parts of a long literal, the database for all of it."""
        like = "ILIKE %s" if self.needs.is_folded else "LIKE %s"
        parts = self._rare_parts(literal, sample)
        params += [*map(_like, parts), _like(literal)]
        whole = f"(readme || '') {like}" if parts else f"readme {like}"
        return " AND ".join([f"readme {like}"] * len(parts) + [whole])

    @staticmethod
    def trigrams(literal: str) -> list[str]:
        """Those that the index has as they are, in their order."""
        found = (literal[i : i + 3] for i in range(len(literal) - 2))
        return [part for part in dict.fromkeys(found) if PostgresIndex.RUN.fullmatch(part)]

    def _rare_parts(self, literal: str, sample: list[str]) -> list[str]:
        """The rarest trigram of each stretch of a long literal; none of a short one."""
        trigrams = self.trigrams(literal)
        if len(trigrams) <= self.MOST_TRIGRAMS:
            return []
        ends = [len(trigrams) * n // self.MOST_TRIGRAMS for n in range(self.MOST_TRIGRAMS + 1)]
        return [
            min(trigrams[start:end], key=lambda part: sum(part in readme for readme in sample))
            for start, end in pairwise(ends)
        ]

    @contextmanager
    def _in_time(self, settings: str = "") -> Iterator[None]:
        """Let PostgreSQL stop a statement when the time is over; raises OutOfTime then."""
        milliseconds = max(1, round(self.budget.left * 1000 * self.SHARE))
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL statement_timeout = {milliseconds}; {settings}")
                yield
                transaction.set_rollback(True)  # of the settings, also in a larger transaction
        except OperationalError as exc:
            if "statement timeout" in str(exc):
                raise OutOfTime from exc
            raise


def _named(choices: list[Choice]) -> Q:
    found = Q()
    for choice in choices:
        either = Q()
        for literal in sorted(choice):
            whole = Q()
            for part in _parts(literal):
                whole &= Q(name__icontains=part)
            either |= whole
        found &= either
    return found


def _parts(literal: str) -> list[str]:
    """Some trigrams from all over a long literal; a short one as it is."""
    trigrams = PostgresIndex.trigrams(literal)
    step = -(-len(trigrams) // PostgresIndex.MOST_TRIGRAMS)
    return trigrams[::step] if step > 1 else [literal]


def _like(literal: str) -> str:
    """A pattern of LIKE for texts that hold ``literal``."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", literal) + "%"

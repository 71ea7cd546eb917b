"""Licence texts as sets of hashed word triples, compared with the Dice coefficient.

The tables (``data/fingerprints.npz`` of texts, ``data/patterns.npz`` of licenseclassifier's
patterns) hold hashes only, no text; ``bench/fingerprints.py`` makes them.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from ratings.licences.data.tables import DATA, pattern, table
from ratings.licences.declared import spdx

SMALLEST = 12  # triples: below this a text is a sentence, not a licence

WORD = re.compile(r"[A-Za-z0-9]+(?:\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class Match:
    """How near a text is to one licence of the table."""

    id: str
    name: str
    dice: float
    contained: float
    """Share of the licence's triples that the text has."""
    first_line: int
    last_line: int
    leftover: tuple[str, ...]
    """Words of the text that belong to no triple of the licence."""


class Word(NamedTuple):
    """A word that counts: as it is compared, its line (from 1), and where it stands in the text."""

    word: str
    line: int
    start: int
    end: int


def read(text: str, *, is_whole: bool = True) -> list[Word]:
    """The words of a text that count; no line break but ``\\n`` is expected.

    What does not, https://spdx.github.io/spdx-spec/v2.3/license-matching-guidelines-and-templates/
    says: copyright notices, list marks, case, quotes, hyphens, comment signs, British spelling. Of
    a part of a line all words count: nobody can see whether it begins as a notice does.
    """
    spelling = table("wording")["spelling"]
    found: list[Word] = []
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not is_whole or not pattern("copyright_line").match(line):
            mark = pattern("list_mark").match(line) if is_whole else None
            for match in WORD.finditer(line, mark.end() if mark else 0):
                start, end = offset + match.start(), offset + match.end()
                word = match[0].lower()
                parts = spelling.get(word, word).split()
                found += [Word(part, number, start, end) for part in parts]
        offset += len(line) + 1
    return found


def words(text: str) -> list[str]:
    """The words that count, whatever breaks the lines."""
    return [each.word for each in read("\n".join(text.splitlines()))]


def triples(found: list[str]) -> np.ndarray[Any, Any]:
    """One 32-bit hash for every three words in a row."""
    if len(found) < 3:
        return np.zeros(0, dtype=np.uint32)
    one = np.fromiter((zlib.crc32(w.encode()) for w in found), dtype=np.uint64, count=len(found))
    mixed = one[:-2] * 0x9E3779B1 + one[1:-1] * 0x85EBCA6B + one[2:] * 0xC2B2AE35
    return ((mixed ^ (mixed >> np.uint64(29))) & np.uint64(0xFFFFFFFF)).astype(np.uint32)


@dataclass(frozen=True)
class Fingerprints:
    """For each hash the group of licences that have it."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    sizes: np.ndarray[Any, Any]
    hashes: np.ndarray[Any, Any]  # sorted
    groups: np.ndarray[Any, Any]  # for each hash, the number of its group
    starts: np.ndarray[Any, Any]  # for each group, where its members begin
    members: np.ndarray[Any, Any]

    def group_of(self, hashes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The group of every hash, or -1 for hashes that no licence has."""
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashes, self.groups[place], -1)

    def shared(self, groups: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """For each licence, how many of these hashes it has."""
        counts = np.bincount(groups[groups >= 0], minlength=len(self.starts) - 1)
        total = np.zeros(len(self.ids), dtype=np.int64)
        np.add.at(total, self.members, np.repeat(counts, np.diff(self.starts)))
        return total

    def has(self, licence: int) -> np.ndarray[Any, Any]:
        """For each group, whether this licence is in it."""
        inside = np.zeros(len(self.starts) - 1, dtype=bool)
        owner_groups = np.repeat(np.arange(len(inside)), np.diff(self.starts))
        inside[owner_groups[self.members == licence]] = True
        return inside

    def of(self, licence: str) -> np.ndarray[Any, Any]:
        """The hashes that one licence has, sorted."""
        rows = [row for row, each in enumerate(self.ids) if spdx.is_same_text(licence, each)]
        if not rows:
            return np.zeros(0, dtype=np.uint32)
        return self.hashes[np.logical_or.reduce([self.has(row) for row in rows])[self.groups]]


@lru_cache(maxsize=256)
def of_licence(licence: str) -> np.ndarray[Any, Any]:
    """The hashes of all editions of one licence, sorted; none where no text of it is known."""
    return hashes_of("fingerprints").of(licence)


@lru_cache(maxsize=256)
def of_any_edition(licence: str) -> np.ndarray[Any, Any]:
    """The same with the wording that the patterns of licenseclassifier permit."""
    return np.union1d(of_licence(licence), hashes_of("patterns").of(licence))


@cache
def hashes_of(name: str) -> Fingerprints:
    """What ``bench/fingerprints.py`` made of texts or patterns, read at first use."""
    with np.load(DATA / f"{name}.npz", allow_pickle=False) as data:
        planes = data["planes"]
        gaps = sum(planes[i].astype(np.uint32) << np.uint32(8 * i) for i in range(4))
        return Fingerprints(
            ids=tuple(json.loads(bytes(data["ids"]).decode())),
            names=tuple(json.loads(bytes(data["names"]).decode())),
            sizes=data["sizes"],
            hashes=np.cumsum(gaps, dtype=np.uint64).astype(np.uint32),
            groups=data["groups"].astype(np.int32),
            starts=data["starts"],
            members=data["members"],
        )


def nearest(text: str, *, limit: int = 3) -> list[Match]:
    """The licences that this text is nearest to, best first; none for a text too short to tell."""
    found = read("\n".join(text.splitlines()))
    if len(found) - 2 < SMALLEST:
        return []
    hashes = triples([each.word for each in found])
    known = hashes_of("fingerprints")
    distinct = np.unique(hashes)
    shared = known.shared(known.group_of(distinct))
    dice = 2 * shared / (len(distinct) + known.sizes)
    contained = shared / known.sizes
    # A licence inside a longer text has a low Dice but is contained; larger ones first.
    inside = np.where(contained >= 0.98, shared, 0)
    order = dict.fromkeys(
        [*np.argsort(-dice, kind="stable")[:limit], *np.argsort(-inside, kind="stable")[:limit]]
    )
    groups = known.group_of(hashes)
    return [
        Match(
            known.ids[row],
            known.names[row],
            float(dice[row]),
            float(contained[row]),
            *_placed(found, (groups >= 0) & known.has(row)[groups]),
        )
        for row in map(int, order)
        if dice[row] >= 0.5 or contained[row] >= 0.98
    ]


def _placed(found: list[Word], hits: np.ndarray[Any, Any]) -> tuple[int, int, tuple[str, ...]]:
    """The first and the last line of triples that are a licence's, and words that are not of it."""
    covered = touched(hits, len(found))
    places = np.flatnonzero(covered)
    first, last = (found[place].line for place in places[[0, -1]]) if len(places) else (1, 1)
    return first, last, tuple(found[place].word for place in np.flatnonzero(~covered)[:400])


def touched(hits: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    """The words, of so many, that a triple which hits covers."""
    covered = np.zeros(count, dtype=bool)
    for shift in range(3):
        covered[shift : shift + len(hits)] |= hits[: count - shift]
    return covered

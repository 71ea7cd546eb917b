"""The wording that licenseclassifier's own patterns know of a licence, as hashed word triples.

A pattern has editions of a licence that the texts lack: alternatives, and parts that may be left
out. What it lets be any word is not in here. ``bench/fingerprints.py`` makes
ratings/licences/data/patterns.npz of it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np

from ratings.licences.detection import fingerprint
from ratings.licences.detection.recognition import licence_id

REMARK = re.compile(r"//\*\*.*?\*\*//", re.DOTALL)
PIECE = re.compile(r"\(\(|\)\)\?\?|\)\)|\|\||__\d+__|[^()|_]+|[()|_]")
MOST_TRIPLES = 400_000  # of one pattern; beyond it the rest is not known
MOST_NEXT = 200  # alternatives after one word


def sources() -> dict[str, tuple[str, ...]]:
    """The patterns of each licence, under our id for it."""
    data = (files("licenseclassifier") / "_engine" / "licenses.json.gz").read_bytes()
    found: dict[str, tuple[str, ...]] = {}
    for row in json.loads(gzip.decompress(data)):
        licence = licence_id(row["id"])
        found[licence] = (*found.get(licence, ()), row["lre"])
    return found


def wording(patterns: tuple[str, ...]) -> np.ndarray:
    """All triples that the patterns of one licence can match, hashed."""
    in_a_row = [word for triple in set().union(*map(_triples, patterns)) for word in triple]
    return np.unique(fingerprint.triples(in_a_row)[::3])


@dataclass
class _Piece:
    """A part of a pattern: the places where it can begin and end, and whether it can be empty."""

    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    is_empty: bool = True


@dataclass
class _Reader:
    """Reads a pattern once and keeps which words may follow which (Glushkov's construction)."""

    words: list[str] = field(default_factory=list)  # '' for what may be any word
    follow: list[set[int]] = field(default_factory=list)

    def place(self, word: str, *, is_optional: bool = False) -> _Piece:
        self.words.append(word)
        self.follow.append(set())
        here = {len(self.words) - 1}
        return _Piece(here, set(here), is_optional)

    def then(self, one: _Piece, two: _Piece) -> _Piece:
        for place in one.last:
            self.follow[place] |= two.first
        return _Piece(
            one.first | two.first if one.is_empty else one.first,
            one.last | two.last if two.is_empty else two.last,
            one.is_empty and two.is_empty,
        )

    def read(self, source: str) -> None:
        open_groups: list[list[_Piece]] = [[_Piece()]]  # each the alternatives of a group so far
        for piece in PIECE.findall(REMARK.sub(" ", source)):
            if piece == "((":
                open_groups.append([_Piece()])
            elif piece.startswith("))") and len(open_groups) > 1:
                group = _either(open_groups.pop(), is_optional=piece.endswith("??"))
                open_groups[-1][-1] = self.then(open_groups[-1][-1], group)
            elif piece == "||":
                open_groups[-1].append(_Piece())
            elif piece.startswith("__"):
                anything = self.place("", is_optional=True)
                open_groups[-1][-1] = self.then(open_groups[-1][-1], anything)
            else:
                for word in fingerprint.read(piece, is_whole=False):
                    open_groups[-1][-1] = self.then(open_groups[-1][-1], self.place(word.word))


def _either(parts: list[_Piece], *, is_optional: bool) -> _Piece:
    return _Piece(
        set().union(*(part.first for part in parts)),
        set().union(*(part.last for part in parts)),
        is_optional or any(part.is_empty for part in parts),
    )


def _triples(source: str) -> set[tuple[str, str, str]]:
    reader = _Reader()
    reader.read(source)
    found: set[tuple[str, str, str]] = set()
    for triple in _walk(reader):
        found.add(triple)
        if len(found) >= MOST_TRIPLES:
            break
    return found


def _walk(reader: _Reader) -> Iterator[tuple[str, str, str]]:
    words, follow = reader.words, reader.follow
    for one, after in enumerate(follow):
        for two in sorted(after)[:MOST_NEXT]:
            for three in sorted(follow[two])[:MOST_NEXT]:
                if words[one] and words[two] and words[three]:
                    yield words[one], words[two], words[three]

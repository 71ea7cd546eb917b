"""A text beside one licence, word by word: what is of it and what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ratings.licences.data.tables import pattern
from ratings.licences.detection import fingerprint, plain

LONG = 12  # words in a row that a licence has and a rider has not by chance
LONGEST_QUOTE = 200
TITLE = 60  # characters
BEFORE = 30  # characters of a licence that are quoted before words inside of it

# Two letters of one word, plain or not; those of other scripts make no word with a plain one.
LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f]{2}")
ADDRESS = re.compile(r"(?:https?://|www\.)\S*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ForeignWords:
    """Words that are not the licence's; ``is_beside`` where they stand outside of it.

    ``around`` is what is read with them where they stand inside.
    """

    text: str
    start: int
    is_beside: bool
    around: str = ""
    is_begun: bool = False  # the licence goes on with the same sentence

    def line_of(self, words: str) -> int:
        """In which line of the passage, from 0, words begin."""
        begun = words.split()[:1]
        lines = self.text.split("\n")
        return next((i for i, line in enumerate(lines) if begun and begun[0] in line), 0)

    def foreign(self, licence: str) -> Iterator[str]:
        if self.is_begun:
            yield self.text.strip()
        elif self.is_beside:
            yield from plain.foreign(self.text, licence)
        elif not plain.is_name(self.text):
            yield self.text.strip()


@dataclass(frozen=True)
class Comparison:
    """A text beside one licence: its words, which triples and which words are the licence's.

    ``inner`` says for each word whether it stands between the first and the last words that are
    surely of the licence; ``is_matched`` whether a recogniser vouches for what stands there.
    """

    text: str
    words: list[fingerprint.Word]
    hits: np.ndarray[Any, Any]
    covered: np.ndarray[Any, Any]
    inner: np.ndarray[Any, Any]
    licence: str
    is_matched: bool

    def strange(self) -> Iterator[ForeignWords]:
        """What stands between the words of the licence, before and after them."""
        end, was_inner = 0, False
        for word, is_covered, is_inner in zip(self.words, self.covered, self.inner, strict=True):
            if not is_covered:
                continue
            if word.start > end and not self.text[end : word.start].isspace():
                yield from self._gap(end, word.start, is_inner=bool(was_inner and is_inner))
            end, was_inner = max(end, word.end), bool(is_inner)
        yield from self._gap(end, len(self.text), is_inner=False)

    def _gap(self, start: int, end: int, *, is_inner: bool) -> Iterator[ForeignWords]:
        start, end = self._trimmed(start, end)
        if not _has_letters(self.text[start:end]):
            return
        if not is_inner:
            start = self._sentence(start)
            end = self._end_of_title(start, end)
        lines = self._lines(start, end)
        if not _has_letters("".join(lines)):
            return
        is_slot = is_inner and all(line.strip() for line in lines[1:-1])
        is_slot &= not any(pattern("copyright_line").match(line) for line in lines)
        words = "\n".join(lines)
        if is_slot and pattern("endorsing").match(self.text, end):
            words = pattern("may_not").sub("", words)
        around = self._around(start, end) if is_inner else ""
        is_begun = not is_inner and bool(pattern("going_on").match(self.text, end))
        yield ForeignWords(words, start, not is_slot, around, is_begun)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        """A gap without the rest of an address or of a word that the licence has the start of."""
        address = ADDRESS.search(self.text[max(0, start - LONGEST_QUOTE) : start])
        if address and not self.text[start : start + 1].isspace():
            rest = self.text[start:end].split(maxsplit=1)[:1]
            start += len(rest[0]) if rest else 0
        # words are compared by their plain letters, so what is left of "été" is no word
        while 0 < start < end and LETTERS.match(self.text, start - 1):
            start += 1
        while start < end and LETTERS.match(self.text, end - 1):
            end -= 1
        return start, end

    def _end_of_title(self, start: int, end: int) -> int:
        """Where a title ends of which the licence has a part."""
        if not _has_letters(self.text[start:end].rpartition("\n")[2]):
            return end
        stop = self.text.find("\n", end, end + TITLE)
        return stop if stop >= 0 else end

    def _lines(self, start: int, end: int) -> list[str]:
        """The lines of a gap, without list marks and words of the licence."""
        begun = self.text.rfind("\n", 0, start) + 1
        first, *lines = self.text[begun:end].split("\n")
        first = self.text[start : begun + len(first)] if first[: start - begun].strip() else first
        lines = [first, *(pattern("list_mark").sub("", line, count=1) for line in lines)]
        return [self._without_body(line) for line in lines]

    def _sentence(self, start: int) -> int:
        """Where the sentence begins of which the licence happens to have the first words."""
        rest = self.text[start : start + LONGEST_QUOTE].lstrip(" ")
        if not rest[:1].isalpha():
            return start
        before = self.text[max(0, start - LONGEST_QUOTE) : start]
        begun = [before.rfind(end) + len(end) for end in ("\n", ". ") if end in before]
        head = before[max(begun) :] if begun else ""
        return start - len(head) if len(head.split()) < LONG else start

    def _around(self, start: int, end: int) -> str:
        """Words inside the licence with some of those before and the rest of their paragraph."""
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip(" \t\n.,;:"))
        paragraph = self.text.rfind("\n\n", 0, start) + 1
        first = max(paragraph, self.text.rfind(" ", 0, max(0, start - BEFORE)) + 1)
        stop = self.text.find("\n\n", end, end + LONGEST_QUOTE)
        return self.text[first : stop if stop >= 0 else end + LONGEST_QUOTE]

    def _without_body(self, line: str) -> str:
        """A line without the words of the licence, where it only begins as a notice does."""
        if not pattern("copyright_line").match(line):
            return line
        words = fingerprint.read(line, is_whole=False)
        hashes = fingerprint.triples([word.word for word in words])
        known = np.isin(hashes, fingerprint.of_any_edition(self.licence))
        covered = fingerprint.touched(known, len(words))
        if covered.sum() <= len(words) / 2:
            return line
        foreign = [word for word, is_known in zip(words, covered, strict=True) if not is_known]
        return " ".join(line[word.start : word.end] for word in foreign)


def compare(text: str, licence: str, spans: Sequence[tuple[int, int]]) -> Comparison:
    """A text beside one licence; ``spans`` are what a recogniser matched word for word."""
    words = fingerprint.read(text)
    hashes = fingerprint.triples([word.word for word in words])
    hits = np.isin(hashes, fingerprint.of_licence(licence))
    touched = fingerprint.touched(np.isin(hashes, fingerprint.of_any_edition(licence)), len(words))
    long = _long_runs(touched)
    places = np.flatnonzero(long)
    starts = np.array([words[place].start for place in places])
    ends = np.array([words[place].end for place in places])
    inner = np.zeros(len(words), dtype=bool)
    for start, end in spans or [(0, len(text))]:
        first, behind = np.searchsorted(starts, start), np.searchsorted(ends, end, side="right")
        if first < behind:  # a recogniser takes the copyright notice before it along
            inner[places[first] : places[behind - 1] + 1] = True
    covered = long | (touched & inner)
    return Comparison(text, words, hits, covered, inner, licence, is_matched=bool(spans))


def _long_runs(touched: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The words of runs of at least ``LONG``."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], touched.astype(np.int8), [0]))))
    kept = np.zeros(len(touched), dtype=bool)
    for start, end in edges.reshape(-1, 2):
        if end - start >= LONG:
            kept[start:end] = True
    return kept


def _has_letters(words: str) -> bool:
    return any(map(str.isalpha, words))

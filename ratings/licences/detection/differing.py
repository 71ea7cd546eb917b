"""Which words of a text are not those of the licence that it reads as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ratings.licences.detection import fingerprint, patterns, plain

if TYPE_CHECKING:
    import numpy as np

LONG = 12  # words in a row that a licence has and a rider has not by chance
LONGEST_QUOTE = 200
TITLE = 60  # characters
BEFORE = 30  # characters of a licence that are quoted before words inside of it

# Words whose absence changes what is permitted. Their place is known from the words before it.
OPERATIVE = tuple(
    "sell sublicense modify restriction free charge perpetual worldwide irrevocable royalty"
    " commercial noncommercial".split()
)
# What a recogniser has not vouched for can lack more.
OPERATIVE_ANYWHERE = (
    *OPERATIVE,
    *"copy use distribute publish merge non without no not".split(),
)
# Two letters of one word, plain or not; those of other scripts make no word with a plain one.
LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f]{2}")
CONNECTING = ("and", "or", "to", "the", "a")
# "The name of X may not be used" and "neither the name of X may be used" say the same.
NOT_TO_ENDORSE = re.compile(r"be used (?:to endorse|in advertising)", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?://|www\.)\S*\Z", re.IGNORECASE)
# A grant that does not begin its sentence: "For 30 days permission is hereby granted".
GOING_ON = re.compile(r"(?:permission|redistributions?)\b")
MAY_NOT = re.compile(r"\b(?:may\s+)?not\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that are not the licence's, as they are quoted; whether they take something away."""

    quote: str
    is_restricting: bool = False
    line: int = 0


def differing(text: str, licence: str, spans: Sequence[tuple[int, int]] = ()) -> Difference | None:
    """The words that most of all may change the licence; None where none do.

    ``spans`` are the places that a recogniser matched word for word; without them the licence is
    where long runs of its words are.
    """
    compared = _compare(text, licence, spans)
    first: Difference | None = None
    for passage in compared.strange():
        for words in passage.foreign(licence):
            place = plain.restricting(words)
            if first is None or place is not None:
                line = 1 + text.count("\n", 0, passage.start)
                quote = quoted(passage.around or words, 0 if passage.around else place or 0)
                first = Difference(quote, place is not None, line + passage.line_of(words))
            if place is not None:
                return first
    missing = compared.missing()
    return Difference(missing, is_restricting=True) if missing else first


def quoted(words: str, start: int = 0) -> str:
    """Words on one line, short enough to be read in a message, around an offset."""
    first = (
        words.rfind(" ", 0, max(0, start - LONGEST_QUOTE // 2)) + 1
        if len(words) > LONGEST_QUOTE
        else 0
    )
    line = " ".join(words[first:].split())
    before = "… " if first else ""
    return f"{before}{line}" if len(line) <= LONGEST_QUOTE else f"{before}{line[:LONGEST_QUOTE]}…"


@dataclass(frozen=True, slots=True)
class _Passage:
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
class _Compared:
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

    def strange(self) -> Iterator[_Passage]:
        """What stands between the words of the licence, before and after them."""
        end, was_inner = 0, False
        for word, is_covered, is_inner in zip(self.words, self.covered, self.inner, strict=True):
            if not is_covered:
                continue
            if word.start > end and not self.text[end : word.start].isspace():
                yield from self._gap(end, word.start, is_inner=bool(was_inner and is_inner))
            end, was_inner = max(end, word.end), bool(is_inner)
        yield from self._gap(end, len(self.text), is_inner=False)

    def _gap(self, start: int, end: int, *, is_inner: bool) -> Iterator[_Passage]:
        address = ADDRESS.search(self.text[max(0, start - LONGEST_QUOTE) : start])
        if address:  # of which the licence has the first words
            rest = self.text[start:end].split(maxsplit=1)[:1]
            start += len(rest[0]) if rest and self.text[start].strip() else 0
        # words are compared by their plain letters, so what is left of "été" is no word
        while 0 < start < end and LETTERS.match(self.text, start - 1):
            start += 1
        while start < end and LETTERS.match(self.text, end - 1):
            end -= 1
        if not any(map(str.isalpha, self.text[start:end])):
            return
        if not is_inner:
            start = self._sentence(start)
        begun = self.text.rfind("\n", 0, start) + 1
        cut = self.text[start:end].rpartition("\n")[2]
        if not is_inner and any(map(str.isalpha, cut)):  # a title, of which the licence has a part
            stop = self.text.find("\n", end, end + TITLE)
            end = stop if stop >= 0 else end
        first, *lines = self.text[begun:end].split("\n")
        first = self.text[start : begun + len(first)] if first[: start - begun].strip() else first
        lines = [first, *(fingerprint.BULLET.sub("", line, count=1) for line in lines)]
        lines = [self._without_body(line) for line in lines]
        if any(map(str.isalpha, "".join(lines))):
            is_slot = is_inner and all(line.strip() for line in lines[1:-1])
            is_slot &= not any(fingerprint.COPYRIGHT.match(line) for line in lines)
            words = "\n".join(lines)
            if is_slot and NOT_TO_ENDORSE.match(self.text, end):
                words = MAY_NOT.sub("", words)
            around = self._around(start, end) if is_inner else ""
            is_begun = not is_inner and bool(GOING_ON.match(self.text, end))
            yield _Passage(words, start, not is_slot, around, is_begun)

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
        if not fingerprint.COPYRIGHT.match(line):
            return line
        import numpy as np

        words = fingerprint.read(line, is_whole=False)
        known = np.isin(fingerprint.triples([word.word for word in words]), _known(self.licence))
        covered = _touched(known, len(words))
        if covered.sum() <= len(words) / 2:
            return line
        foreign = [word for word, is_known in zip(words, covered, strict=True) if not is_known]
        return " ".join(line[word.start : word.end] for word in foreign)

    def missing(self) -> str:
        """Words of the licence that are not there and whose absence changes it."""
        import numpy as np

        spelt = [word.word for word in self.words]
        there = set(zip(spelt, spelt[1:], spelt[2:], strict=False))
        whole = self.covered & self.inner
        for place in np.flatnonzero(~self.hits & whole[:-2] & whole[1:-1] & whole[2:]):
            one, two = spelt[place : place + 2]
            lost = self._went_on(one, two, there)
            if lost:
                return f"“{' '.join(lost)}” is missing after “{one} {two}”"
        return ""

    def _went_on(
        self, one: str, two: str, there: set[tuple[str, str, str]], *, steps: int = 2
    ) -> tuple[str, ...]:
        """How the licence, and not the text, goes on after two words up to an operative one."""
        import numpy as np

        operative = OPERATIVE if self.is_matched else OPERATIVE_ANYWHERE
        words = (*operative, *CONNECTING)
        probes = [word for each in words for word in (one, two, each)]
        hashes = fingerprint.triples(probes)[::3]
        is_known = np.isin(hashes, fingerprint.of_licence(self.licence))
        for place in np.flatnonzero(is_known):
            word = words[place]
            if (one, two, word) in there:
                continue
            if word not in CONNECTING:
                return (word,)
            rest = self._went_on(two, word, there, steps=steps - 1) if steps else ()
            if rest:
                return (word, *rest)
        return ()


def _compare(text: str, licence: str, spans: Sequence[tuple[int, int]]) -> _Compared:
    import numpy as np

    words = fingerprint.read(text)
    hashes = fingerprint.triples([word.word for word in words])
    hits = np.isin(hashes, fingerprint.of_licence(licence))
    touched = _touched(np.isin(hashes, _known(licence)), len(words))
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
    return _Compared(text, words, hits, covered, inner, licence, is_matched=bool(spans))


@lru_cache(maxsize=256)
def _known(licence: str) -> np.ndarray[Any, Any]:
    """Every triple that some edition of the licence has."""
    import numpy as np

    return np.union1d(fingerprint.of_licence(licence), patterns.wording(licence))


def _touched(hits: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    """The words that a triple of the licence covers."""
    import numpy as np

    covered = np.zeros(count, dtype=bool)
    for shift in range(3):
        covered[shift : shift + len(hits)] |= hits[: count - shift]
    return covered


def _long_runs(touched: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The words of runs of at least ``LONG``."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([0], touched.astype(np.int8), [0]))))
    kept = np.zeros(len(touched), dtype=bool)
    for start, end in edges.reshape(-1, 2):
        if end - start >= LONG:
            kept[start:end] = True
    return kept

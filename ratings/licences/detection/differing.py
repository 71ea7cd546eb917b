"""Which words of a text are not those of the licence that it reads as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratings.licences.data.tables import table
from ratings.licences.detection import fingerprint, plain
from ratings.licences.detection.comparison import LONGEST_QUOTE, Comparison, compare

CONNECTING = ("and", "or", "to", "the", "a")


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
    compared = compare(text, licence, spans)
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
    lost = _missing(compared)
    return Difference(lost, is_restricting=True) if lost else first


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


def _missing(compared: Comparison) -> str:
    """Words of the licence that are not there and whose absence changes it."""
    spelt = [word.word for word in compared.words]
    there = set(zip(spelt, spelt[1:], spelt[2:], strict=False))
    whole = compared.covered & compared.inner
    for place in np.flatnonzero(~compared.hits & whole[:-2] & whole[1:-1] & whole[2:]):
        one, two = spelt[place : place + 2]
        lost = _went_on(compared, one, two, there)
        if lost:
            return f"“{' '.join(lost)}” is missing after “{one} {two}”"
    return ""


def _went_on(
    compared: Comparison, one: str, two: str, there: set[tuple[str, str, str]], *, steps: int = 2
) -> tuple[str, ...]:
    """How the licence, and not the text, goes on after two words up to an operative one."""
    # what a recogniser has not vouched for can lack more
    operative = table("wording")["operative" if compared.is_matched else "operative_anywhere"]
    words = (*operative, *CONNECTING)
    probes = [word for each in words for word in (one, two, each)]
    hashes = fingerprint.triples(probes)[::3]
    is_known = np.isin(hashes, fingerprint.of_licence(compared.licence))
    for place in np.flatnonzero(is_known):
        word = words[place]
        if (one, two, word) in there:
            continue
        if word not in CONNECTING:
            return (word,)
        rest = _went_on(compared, two, word, there, steps=steps - 1) if steps else ()
        if rest:
            return (word, *rest)
    return ()

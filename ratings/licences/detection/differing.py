"""Which words of a text are not those of the licence that it reads as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ratings.licences.detection import plain
from ratings.licences.detection.comparison import LONGEST_QUOTE, compare
from ratings.licences.detection.missing import missing


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
    lost = missing(compared)
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

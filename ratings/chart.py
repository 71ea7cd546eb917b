"""The chart of a rating: one column per question, as wide as its weight, as high as its score.

What is unknown is hatched, and the filled share of the rest is the net score. Every column
has the number of its question: the chart says the same without colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 480
HEIGHT = 132
GAP = 3
FLOOR = 2  # a measured zero still shows a line: it is not nothing


@dataclass(frozen=True, slots=True)
class Column:
    """One question in the chart; lengths are in units of its view box."""

    number: int
    name: str
    score: float | None
    x: float
    width: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class RatingChart:
    """All columns of one rating, and the same in words for those who do not see it."""

    columns: tuple[Column, ...]
    words: str
    width: int = WIDTH
    height: int = HEIGHT


def chart(scores: Mapping[str, float | None], weights: Mapping[str, float]) -> RatingChart:
    """Draw ``scores`` in the order given; one without a weight is as narrow as the least."""
    shares = _shares([weights.get(name, 0.0) for name in scores])
    room = WIDTH - GAP * max(0, len(scores) - 1)
    columns, x = [], 0.0
    for number, ((name, score), share) in enumerate(zip(scores.items(), shares, strict=True), 1):
        height = HEIGHT if score is None else max(FLOOR, round(HEIGHT * score, 1))
        width = round(room * share, 1)
        columns.append(
            Column(number, name, score, round(x, 1), width, round(HEIGHT - height, 1), height)
        )
        x += width + GAP
    return RatingChart(tuple(columns), _words(scores))


def _shares(weights: Sequence[float]) -> list[float]:
    least = min((weight for weight in weights if weight > 0), default=1.0)
    kept = [weight or least for weight in weights]
    return [weight / sum(kept) for weight in kept]


def _words(scores: Mapping[str, float | None]) -> str:
    said = []
    for name, score in scores.items():
        label = name.replace("_", " ")
        said.append(f"{label} unknown" if score is None else f"{label} {score:.2f}")
    return ", ".join(said)

"""Columns of counts for the overview, as lengths that a template can draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 480
HEIGHT = 96
GAP = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: what it counts, how many, and where it stands."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def bars(counted: Sequence[tuple[str, int]]) -> list[Bar]:
    """Columns side by side; the highest reaches the top, and one is never invisible."""
    highest = max((count for _, count in counted), default=0) or 1
    width = (WIDTH - GAP * (len(counted) - 1)) / len(counted) if counted else 0
    drawn = []
    for index, (label, count) in enumerate(counted):
        height = max(2.0, HEIGHT * count / highest) if count else 0.0
        x = index * (width + GAP)
        drawn.append(
            Bar(label, count, round(x, 1), round(HEIGHT - height, 1), round(width, 1), height)
        )
    return drawn

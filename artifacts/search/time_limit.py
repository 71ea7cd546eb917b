"""How long one search may take, and how many long ones there may be at once."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from common import waiting_threads

# Everybody may search this long; an index answers in a fraction of it.
FREE_SECONDS = 0.25
# With a place among the threads that wait. More pages continue where a search was cut short.
SEARCH_SECONDS = 1.5


class Budget:
    """The time of one search; use it as a context, so that its place is given back."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.seconds = FREE_SECONDS
        self.has_place = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self.has_place:
            self.has_place = False
            waiting_threads.give_place_back()

    @property
    def left(self) -> float:
        """Seconds, never negative."""
        return max(0.0, self.started + self.seconds - time.monotonic())

    def is_over(self) -> bool:
        """Whether to stop now; when the free time is gone this asks for a place."""
        return self.left <= 0 and not self.extend()

    def extend(self) -> bool:
        """Take a place for a long search if there is one left; false if not, or not any more."""
        if not self.has_place and waiting_threads.take_place():
            self.has_place, self.seconds = True, SEARCH_SECONDS
        return self.has_place and self.left > 0

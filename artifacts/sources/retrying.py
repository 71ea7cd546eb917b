"""Trouble that passes is tried again, inside the step that met it."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from artifacts.sources.errors import SourceError, SourceTooSlow

logger = logging.getLogger(__name__)

MAX_RETRIES = 5
LONGEST_WAIT_SECONDS = 60  # a source that asks for more is not waited for
FIRST_WAIT_SECONDS, LAST_WAIT_SECONDS = 0.5, 8.0  # all five together stay under 20 s
JITTER = 0.25
IN_REQUEST_SECONDS = 20.0
SHORTEST_SECONDS = 2.0  # of silence are always borne

sleep, clock = time.sleep, time.monotonic  # tests put a clock of their own here

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


@dataclass
class _Budget:
    """How many seconds trouble may still cost: failed attempts, and the waits between them."""

    left: float


_budget: ContextVar[_Budget | None] = ContextVar("retry budget", default=None)


@contextmanager
def limited_waiting(seconds: float = IN_REQUEST_SECONDS) -> Iterator[None]:
    """Inside the block trouble costs at most ``seconds`` in all, because somebody waits."""
    outer = _budget.get()
    granted = seconds if outer is None else min(seconds, outer.left)
    budget = _Budget(granted)
    token = _budget.set(budget)
    try:
        yield
    finally:
        _budget.reset(token)
        if outer is not None:
            outer.left -= granted - budget.left


def patiently(
    ask: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Answer:
    """What ``ask`` answers; a failure that may pass is tried again before it is raised."""
    return Course().attempts()(ask, *args, **kwargs)


def patience(seconds: float) -> float:
    """How long one silence may last: ``seconds``, less where somebody waits.

    Half of what is left, so that a second attempt can follow.
    """
    budget = _budget.get()
    return seconds if budget is None else min(seconds, max(budget.left / 2, SHORTEST_SECONDS))


class Course:
    """One question from its first attempt to its last, and what its failures cost."""

    def __init__(self) -> None:
        self._started = clock()

    def goes_on(self) -> None:
        """Something arrived that a failure will not lose, so the time until now was well spent."""
        self._started = clock()

    def attempts(self) -> Retrying:
        """``for attempt in course.attempts(): with attempt: …``, for more than one call."""
        return Retrying(
            before=self._begin,
            retry=retry_if_exception(_may_pass),
            wait=_wait,
            stop=self._is_over,
            before_sleep=self._spend,
            sleep=sleep,
            reraise=True,
        )

    def _begin(self, state: RetryCallState) -> None:
        self._started = clock()

    def _is_over(self, state: RetryCallState) -> bool:
        budget = _budget.get()
        if budget is not None:
            budget.left -= clock() - self._started
        if stop_after_attempt(1 + MAX_RETRIES)(state):
            return True
        if (_asked(_failure(state)) or 0) > LONGEST_WAIT_SECONDS:
            return True
        return budget is not None and state.upcoming_sleep > budget.left

    def _spend(self, state: RetryCallState) -> None:
        logger.info("%s Trying again in %.1f s.", _failure(state), state.upcoming_sleep)
        if (budget := _budget.get()) is not None:
            budget.left -= state.upcoming_sleep


def _may_pass(failure: BaseException) -> bool:
    return (
        isinstance(failure, SourceError)
        and failure.is_retryable
        and not isinstance(failure, SourceTooSlow)
    )


def _wait(state: RetryCallState) -> float:
    """Seconds until the next attempt: twice as long each time, or what the source asked for.

    Some of it is chance, so that those who were refused together do not come back together.
    """
    backoff = min(FIRST_WAIT_SECONDS * 2.0 ** (state.attempt_number - 1), LAST_WAIT_SECONDS)
    jitter = random.uniform(0, JITTER)  # noqa: S311 - chance, not a secret
    asked = _asked(_failure(state))
    return backoff * (1 + jitter) if asked is None else max(asked, backoff) + jitter


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _asked(failure: BaseException | None) -> int | None:
    return failure.wait_seconds if isinstance(failure, SourceError) else None

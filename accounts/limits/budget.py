"""How often: the calls of a session, and the named rate limits."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.limits.counters import counter
from accounts.limits.errors import RateLimited

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


class Counted(Protocol):
    """A session, as far as its calls are counted."""

    jti: str
    expires: datetime


def spend(session: Counted) -> bool:
    """Count one call of ``session``; False beyond ``TOKEN_MAX_CALLS``."""
    limit: int = settings.TOKEN_MAX_CALLS
    return counter().add(_key(session), until=_until(session), ceiling=limit) <= limit


def calls_left(session: Counted) -> int:
    """How many calls ``session`` may still make."""
    made = counter().read(_key(session), until=_until(session))
    return max(0, int(settings.TOKEN_MAX_CALLS) - made)


def _key(session: Counted) -> str:
    return f"session:{session.jti}"


def _until(session: Counted) -> int:
    return int(session.expires.timestamp()) + 1


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in each window of so many seconds."""

    calls: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate | None:
        """``10/minute``; None for ``off``."""
        if text.strip().lower() in {"", "off"}:
            return None
        calls, _, period = text.partition("/")
        if not calls.strip().isdecimal() or period.strip() not in PERIODS or int(calls) < 1:
            raise ImproperlyConfigured(
                f"A rate limit reads like 10/minute (or second, hour, day) or off, not {text!r}."
            )
        return cls(int(calls), PERIODS[period.strip()])


def limit_rate(name: str, *subject: object, count: int = 1) -> None:
    """Count ``count`` times ``name`` by ``subject``, all or none.

    Raises RateLimited beyond ``RATE_LIMITS[name]``. Windows are fixed: the same for everybody,
    aligned to the clock. Call it outside of a transaction, so that what is counted stays counted.
    """
    text = settings.RATE_LIMITS[name]
    rate = Rate.parse(text)
    if rate is None:
        return
    moment = time.time()
    until = (int(moment) // rate.seconds + 1) * rate.seconds
    key = repr(("rate", name, until, *map(str, subject)))
    if counter().add(key, until=until, ceiling=rate.calls, count=count) > rate.calls:
        raise RateLimited(name=name, limit=text, retry_after=max(1, round(until - moment)))

"""What the status of an answer means, and how long to wait before asking again."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from artifacts.sources.errors import (
    SourceBroken,
    SourceError,
    SourceForbidden,
    SourceNotFound,
    SourceRateLimited,
    SourceUnavailable,
)

MAX_RETRY_AFTER_SECONDS = 24 * 3600
DEFAULT_RETRY_AFTER_SECONDS = 60
_WHY_NOT = {
    401: "it wants a token, or does not know the one of this registry",
    403: "the token of this registry is not enough, or none is set",
    451: "for legal reasons",
}
_WHAT = {"RevisionNotFound": "such revision of this repository", "EntryNotFound": "such file"}


class Refusal(Protocol):
    """An answer of any client, of which only status and headers count."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


def refused(source: str, response: Refusal) -> SourceError:
    """The error that a status means; bodies of errors are never read."""
    status = response.status_code
    said = re.sub(r"[^\x20-\x7e]", "", response.headers.get("X-Error-Message", ""))[:300]
    code = response.headers.get("X-Error-Code", "")
    if status == 429 or (status == 403 and response.headers.get("X-RateLimit-Remaining") == "0"):
        return rate_limited(source, asked_to_wait(response.headers))
    if code == "GatedRepo":
        return SourceForbidden(source=source, reason=said or "the repository is gated.")
    if status in {404, 410} or code in {"RepoNotFound", "RevisionNotFound", "EntryNotFound"}:
        return SourceNotFound(source=source, what=_WHAT.get(code, "such repository"), code=code)
    if status in _WHY_NOT:
        reason = said or f"{_WHY_NOT[status]} ({status})."
        return SourceForbidden(source=source, reason=reason, status=status)
    if is_passing(status):
        return unavailable(source, f"it answers {status}.", asked_to_wait(response.headers))
    reason = f"it answers {status}{': ' + said if said else '.'}"
    return SourceBroken(source=source, reason=reason, status=status)


def is_passing(status: int) -> bool:
    """Whether a status speaks of the moment and not of the question."""
    return status >= 500 or status in {408, 429}


def rate_limited(source: str, asked: int | None) -> SourceRateLimited:
    """The error of a source that limits us; ``asked`` is how many seconds it wants us to wait."""
    known = {} if asked is None else {"wait_seconds": asked}
    seconds = DEFAULT_RETRY_AFTER_SECONDS if asked is None else asked
    return SourceRateLimited(source=source, retry_after=seconds, **known)


def unavailable(source: str, reason: str, asked: int | None) -> SourceUnavailable:
    """The error of a source that is in trouble; ``asked`` as in ``rate_limited``."""
    known = {} if asked is None else {"wait_seconds": asked}
    return SourceUnavailable(source=source, reason=reason, **known)


def asked_to_wait(headers: Mapping[str, str]) -> int | None:
    """Seconds that an answer asks to wait, from 1 to a day; None where it does not say.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, and what GitHub sends beside a 403.
    """
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return _bounded(int(said[:12]))
    if said:
        try:
            until = parsedate_to_datetime(said)
        except (ValueError, OverflowError):
            return None
        return _until(until if until.tzinfo else until.replace(tzinfo=UTC))
    reset = headers.get("X-RateLimit-Reset", "")
    if headers.get("X-RateLimit-Remaining") == "0" and reset.isascii() and reset.isdigit():
        return _bounded(int(reset[:12]) - int(time.time()))
    return None


def _until(moment: datetime) -> int:
    return _bounded(int((moment - datetime.now(UTC)).total_seconds()))


def _bounded(seconds: int) -> int:
    return min(max(seconds, 1), MAX_RETRY_AFTER_SECONDS)

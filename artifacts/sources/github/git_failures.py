"""What it means that a git command failed: its complaint, and the last answer it had over HTTP."""

from __future__ import annotations

import re
from pathlib import Path

from artifacts.sources.errors import (
    SourceBroken,
    SourceError,
    SourceForbidden,
    SourceNotFound,
    SourceTooSlow,
    SourceUnavailable,
)
from artifacts.sources.refusals import (
    asked_to_wait,
    is_passing,
    rate_limited,
    unavailable,
)

MAX_TRACE_BYTES = 4 * 1024**2
# https://git-scm.com/docs/git#Documentation/git.txt-GITTRACECURL: heads of answers, no data
_HEADER = re.compile(rb"<= Recv header: ([^\r\n]*)")
_STATUS = re.compile(rb"HTTP/[\d.]+ (\d{3})\b")
_NO_SUCH_COMMIT = re.compile(
    r"not our ref|couldn't find remote ref|no such remote ref", re.IGNORECASE
)


def tracing(trace: Path) -> dict[str, str]:
    """The environment that makes git note the heads of the answers it gets, and no secrets."""
    return {
        "GIT_TRACE_CURL": str(trace),
        "GIT_TRACE_CURL_NO_DATA": "1",
        "GIT_TRACE_REDACT": "1",
    }


def failure(source: str, stderr: bytes, trace: Path) -> SourceError:
    """The error in our words; it can be retried where the same question may get an answer."""
    status, headers = _last_answer(trace)
    if status == 429:
        return rate_limited(source, asked_to_wait(headers))
    if _NO_SUCH_COMMIT.search(stderr.decode("utf-8", "replace")):
        return SourceNotFound(source=source, what="such revision of this repository")
    said = _said(stderr)
    if is_passing(status):
        return unavailable(source, said, asked_to_wait(headers))
    if status in {404, 410}:
        return SourceNotFound(source=source, what="such repository")
    if status >= 400:
        refusal = SourceForbidden if status in {401, 403, 451} else SourceBroken
        return refusal(source=source, reason=said, status=status)
    return SourceUnavailable(source=source, reason=said)


def too_slow(source: str) -> SourceTooSlow:
    return SourceTooSlow(source=source, reason="git took too long.")


def _last_answer(trace: Path) -> tuple[int, dict[str, str]]:
    """The status of the last answer and its headers; 0 where there was none."""
    try:
        with trace.open("rb") as file:
            noted = file.read(MAX_TRACE_BYTES)
    except FileNotFoundError:  # nobody was reached
        return 0, {}
    status, headers = 0, dict[str, str]()
    for line in _HEADER.findall(noted):
        if found := _STATUS.match(line):
            status, headers = int(found[1]), {}
        else:
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().title()] = value.strip()
    return status, headers


def _said(stderr: bytes) -> str:
    """The last complaint of git, without addresses, which may hold secrets."""
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if "fatal" in line or "error" in line), "")
    last = last or (lines[-1] if lines else "git failed")
    return re.sub(r"https?://[^\s']+", "its address", last)[:300].rstrip(".") + "."

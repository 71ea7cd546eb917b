"""What became of each line, for a person and for a program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from django.template.defaultfilters import pluralize

from artifacts.models import ACTIVE, State
from artifacts.progress import advice

if TYPE_CHECKING:
    from artifacts.models import Artifact, Version
    from registry.bulk.lists import ListLine

NEW, KNOWN, REFUSED = "new", "known", "refused"
MISSING = "MISSING"  # of an artifact that was deleted meanwhile, or that has no version
RETRY = "Try it again with --retry."

GOOD, BAD, UNFINISHED, INTERRUPTED = 0, 1, 3, 130


@dataclass(slots=True)
class ReportRow:
    """A line of a list, and what became of it.

    ``state`` is that of the version it led to; '' for a refused line.
    """

    line: ListLine
    outcome: str = REFUSED
    reason: str = ""
    code: str = ""
    advice: str = ""
    state: str = ""
    url: str = ""
    type: str = ""
    name: str = ""
    artifact_id: int | None = None
    version_id: int | None = None
    version: int | None = None
    revision: str = ""
    is_retried: bool = False

    def found(self, outcome: str, artifact: Artifact, version: Version | None) -> None:
        """Note the artifact that the line leads to, and its newest version."""
        self.outcome, self.artifact_id = outcome, artifact.pk
        self.url, self.type, self.name = artifact.source_url, artifact.type, artifact.name
        self.see(version)

    def see(self, version: Version | None) -> None:
        """Note how far the version has come; None where there is none any more."""
        if version is None:
            self.state, self.code = MISSING, "missing"
            self.reason = "It has no version, or was deleted meanwhile."
            self.advice = "Run this again to register it, or update it with refresh."
            return
        self.version_id, self.version = version.pk, version.number
        self.revision, self.state = version.revision, version.state
        self.reason, self.code = version.reason, version.reason_code
        self.advice = advice(version)
        if version.state in {State.FAILED, State.REJECTED}:
            self.advice = f"{self.advice} {RETRY}".strip()

    @property
    def is_running(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_bad(self) -> bool:
        return not self.is_running and self.state != State.READY

    @property
    def title(self) -> str:
        """Where it stands and what it is about, safe to print."""
        what = f" ({self.type} {self.artifact_id})" if self.artifact_id else ""
        return f"{printable(self.line.where)}  {shown(self.url or self.line.url)}{what}"

    def told(self) -> dict[str, Any]:
        """This row in JSON; the keys are documented in ``docs/bulk.md``."""
        return {
            "list": printable(self.line.source),
            "line": self.line.number,
            "url": shown(self.url or self.line.url),
            "outcome": self.outcome,
            "state": self.state,
            "code": self.code,
            "reason": printable(self.reason),
            "advice": self.advice,
            "type": self.type,
            "id": self.artifact_id,
            "name": self.name,
            "version": self.version,
            "revision": self.revision,
            "is_retried": self.is_retried,
        }


@dataclass
class BulkReport:
    """All rows of one run, in the order of the lists."""

    rows: list[ReportRow] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stopped: str = ""  # in words, where the run ended before its work did
    exit_when_stopped: int = GOOD

    def counts(self) -> dict[str, int]:
        """How many lines there are of each kind: new, known and refused are all of them, and
        the states add up to the new and known ones.
        """
        outcomes = Counter(row.outcome for row in self.rows)
        states = Counter("running" if row.is_running else row.state.lower() for row in self.rows)
        kinds = ("ready", "rejected", "failed", "quarantined", "missing", "running")
        return (
            {"lines": len(self.rows)}
            | {outcome: outcomes[outcome] for outcome in (NEW, KNOWN, REFUSED)}
            | {kind: states[kind] for kind in kinds}
        )

    @property
    def exit_code(self) -> int:
        if self.stopped:
            return self.exit_when_stopped
        return BAD if any(row.is_bad for row in self.rows) else GOOD

    def as_json(self) -> str:
        told = {
            "counts": self.counts(),
            "lines": [row.told() for row in self.rows],
            "warnings": [printable(warning) for warning in self.warnings],
            "stopped": printable(self.stopped),
            "exit_code": self.exit_code,
        }
        return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()

    def as_text(self) -> Iterator[str]:
        """Counts, then every line that is not as it should be, with its reason."""
        counts = self.counts()
        yield (
            f"{counts['lines']} line{pluralize(counts['lines'])}: {counts[NEW]} new,"
            f" {counts[KNOWN]} known, {counts[REFUSED]} refused"
        )
        states = (
            f"{counts['ready']} ready, {counts['rejected']} rejected, {counts['failed']} failed"
        )
        for kind in ("quarantined", "missing"):
            states += f", {counts[kind]} {kind}" if counts[kind] else ""
        yield f"{states}, {counts['running']} still running"
        yield from _section("Refused", (row for row in self.rows if row.outcome == REFUSED))
        for state in (State.REJECTED, State.FAILED, State.QUARANTINED, MISSING):
            yield from _section(
                state.capitalize(), (row for row in self.rows if row.state == state)
            )
        if self.stopped:
            yield ""
            yield printable(self.stopped)


def _section(title: str, rows: Iterable[ReportRow]) -> Iterator[str]:
    for number, row in enumerate(rows):
        if not number:
            yield ""
            yield title
        yield f"  {row.title}"
        yield f"    {' '.join(filter(None, (printable(row.reason), row.advice)))}"


def shown(url: str) -> str:
    """An address safe to print, without the password that somebody left in it."""
    return re.sub(r"(://)[^/@\s]*@", r"\1…@", printable(url))


def printable(text: str, limit: int = 2_000) -> str:
    """What of a strange text can go to a terminal; new lines and control characters cannot."""
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:limit]
    )

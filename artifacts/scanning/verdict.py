"""What a scan says, and how much it may cost to say it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from artifacts.scanning.scan_findings import MAX_STORED, FileFinding, Kind, visible


class Outcome(StrEnum):
    """What looking at one file found, as ``File.scan`` keeps it."""

    CLEAN = "clean"
    SKIPPED = "skipped"
    SUSPICIOUS = "suspicious"
    DANGEROUS = "dangerous"
    ERROR = "error"


# severities, each with what it makes of the file
DANGER, ERROR, WARNING, INFO = "danger", "error", "warning", "info"
_SEVERITIES = (DANGER, ERROR, WARNING, INFO)
OUTCOMES = {DANGER: Outcome.DANGEROUS, ERROR: Outcome.ERROR, WARNING: Outcome.SUSPICIOUS}
MAX_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The outcome for one file, and what it rests on."""

    outcome: Outcome
    findings: list[FileFinding]


class GaveUp(Exception):
    """Looking further would cost too much, or what is there cannot be understood."""


@dataclass
class ScanReport:
    """Collects findings. The worst decides; a file nothing was looked for in is skipped."""

    seconds: float = 120.0
    findings: list[FileFinding] = field(default_factory=list)
    worst: set[str] = field(default_factory=set)
    is_looked_at: bool = False
    unpacked_bytes: int = 0
    started: float = field(default_factory=time.monotonic)

    def add(
        self,
        kind: Kind,
        severity: str,
        detail: str,
        *,
        offset: int | None = None,
        line: int | None = None,
    ) -> None:
        self.worst.add(severity)
        shown = visible(detail[:MAX_STORED])[:MAX_STORED]
        finding = FileFinding(kind=kind, severity=severity, detail=shown)
        if offset is not None:
            finding["offset"] = offset
        if line is not None:
            finding["line"] = line
        self._keep(finding)

    def _keep(self, finding: FileFinding) -> None:
        """Add what is new; where there is no more room, what is worse takes the last place."""
        if finding in self.findings:
            return
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
        elif _rank(finding) < _rank(self.findings[-1]):
            self.findings[-1] = finding

    def include(self, other: ScanReport) -> None:
        """Take over what another report found."""
        for finding in other.findings:
            self._keep(finding)
        self.worst |= other.worst

    def looked(self) -> None:
        self.is_looked_at = True

    def tick(self) -> None:
        """Raises GaveUp once the time is used up."""
        if time.monotonic() - self.started > self.seconds:
            raise GaveUp("looking at it took too long")

    def result(self) -> ScanResult:
        """The outcome, with the worst findings first: some readers show only a few."""
        found = sorted(self.findings, key=_rank)
        for severity, outcome in OUTCOMES.items():
            if severity in self.worst:
                return ScanResult(outcome, found)
        return ScanResult(Outcome.CLEAN if self.is_looked_at else Outcome.SKIPPED, found)


def _rank(finding: FileFinding) -> int:
    return _SEVERITIES.index(finding["severity"])

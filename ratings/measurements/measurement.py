"""An answer of a rating: its score, its reason, and the evidence that anybody can open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from ratings.measurements.stored_shapes import FindingJSON, MeasurementJSON

MODEL = frozenset({"model"})
EVERYTHING = frozenset({"model", "dataset", "code"})

# Beyond this a rating cannot claim to differ: it also hides the last bits in which the
# mathematics of two machines may disagree.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing we looked at, and where anyone else can look at it.

    ``remedy`` says what would make a bad finding better; good findings have none.
    """

    note: str
    url: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RatedFinding:
    """Something that the gate may have a rule about, of a kind that ``finding_kinds.py`` lists."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """An answer between 0 and 1, or None where the facts cannot say.

    ``parts`` holds the answers that one question splits into, by name. ``findings`` are judged
    by the gate whatever the score is.
    """

    score: float | None
    reason: str
    evidence: tuple[Evidence, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[RatedFinding, ...] = ()

    def __post_init__(self) -> None:
        for value in (self.score, *self.parts.values()):
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"a score lies between 0 and 1, not at {value}")
        if self.score is not None:
            object.__setattr__(self, "score", round(float(self.score), _DIGITS))
        rounded = {name: round(float(value), _DIGITS) for name, value in self.parts.items()}
        object.__setattr__(self, "parts", rounded)

    @classmethod
    def unknown(cls, reason: str, evidence: tuple[Evidence, ...] = ()) -> Self:
        return cls(score=None, reason=reason, evidence=evidence)

    def to_json(self) -> MeasurementJSON:
        """Plain JSON values; ``from_json`` gives the same measurement back."""
        stored = MeasurementJSON(
            score=self.score,
            reason=self.reason,
            evidence=[
                {"note": item.note, "url": item.url, "remedy": item.remedy}
                for item in self.evidence
            ],
            parts=dict(self.parts),
        )
        if self.findings:
            stored["findings"] = [
                FindingJSON(kind=found.kind, reason=found.reason) for found in self.findings
            ]
        return stored

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild a measurement, also one that an older catalogue wrote."""
        return cls(
            score=data.get("score"),
            reason=str(data.get("reason", "")),
            evidence=tuple(
                Evidence(
                    note=str(item.get("note", "")),
                    url=str(item.get("url", "")),
                    remedy=str(item.get("remedy", "")),
                )
                for item in data.get("evidence", ())
            ),
            parts={str(name): float(value) for name, value in (data.get("parts") or {}).items()},
            findings=tuple(
                RatedFinding(str(found.get("kind", "")), str(found.get("reason", "")))
                for found in data.get("findings", ())
            ),
        )


class TimedMeasurement(NamedTuple):
    """A measurement, and the seconds it took; None where an older rating does not say."""

    measurement: Measurement
    latency_seconds: float | None

    def to_json(self, *, weight: float | None) -> MeasurementJSON:
        """What a rating stores, with the weight that the question has in its catalogue."""
        stored = self.measurement.to_json()
        if self.latency_seconds is not None:
            stored["latency_seconds"] = round(self.latency_seconds, 6)
        stored["weight"] = weight
        return stored

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read back what ``to_json`` wrote; the weight stays with the row."""
        return cls(Measurement.from_json(data), data.get("latency_seconds"))

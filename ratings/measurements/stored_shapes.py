"""The JSON that a rating keeps: its one shape, with units, for whoever reads the columns.

``Rating.measurements`` is a ``MeasurementJSON`` by the name of its metric, ``Rating.verdict`` a
``VerdictJSON``. A key that is ``NotRequired`` is absent from rows of older catalogues.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class EvidenceJSON(TypedDict):
    """One thing that was looked at; '' where there is no address, or nothing to improve."""

    note: str
    url: str
    remedy: NotRequired[str]


class FindingJSON(TypedDict):
    """What the gate may have a rule about; ``finding_kinds.KINDS`` lists the kinds."""

    kind: str
    reason: str


class MeasurementJSON(TypedDict):
    """One answer."""

    score: float | None  # 0 to 1; None is unknown
    reason: str
    evidence: list[EvidenceJSON]
    parts: NotRequired[dict[str, float]]  # 0 to 1 each, for the parts of one question
    findings: NotRequired[list[FindingJSON]]  # only where there are any
    latency_seconds: NotRequired[float]
    weight: NotRequired[float | None]  # in the catalogue of that rating; None outside of it


class BrokenRuleJSON(TypedDict):
    """A rule of the gate that does not hold; figures are 0 to 1, None where there is none."""

    metric: str
    minimum: float | None
    actual: float | None
    reason: str


class VerdictJSON(TypedDict):
    """What the gate said: ``broken`` are the enforced rules, ``warnings`` the others."""

    passed: bool
    broken: list[BrokenRuleJSON]
    warnings: list[BrokenRuleJSON]

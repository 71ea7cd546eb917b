"""The gate: rules in, a verdict with its reasons out.

A rule asks for a minimum of one metric, or of ``net_score`` or ``coverage``, or that there is
no finding of a kind. An enforced rule that is broken disqualifies the artifact; one that is not
enforced only warns. A hostile file or a failed scan breaks the gate whatever the rules say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ratings.measurements.finding_kinds import DIFFERING_LICENCE, KINDS, STRICTER_LICENCE
from ratings.measurements.measurement import Measurement
from ratings.measurements.stored_shapes import BrokenRuleJSON, VerdictJSON

NET_SCORE = "net_score"
COVERAGE = "coverage"
SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Rule:
    """At least ``minimum`` of ``metric``, for artifacts of one type.

    Where ``metric`` is the name of a kind of finding there is no minimum: none may be found.
    """

    metric: str
    minimum: float | None
    is_enforced: bool = True
    is_unknown_accepted: bool = False
    applies_to: str = "model"


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """What the scan says of one file: ``outcome`` is hostile, error or suspicious."""

    path: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that does not hold, with the figures and the reason a person needs."""

    metric: str
    minimum: float | None
    actual: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the gate opens; ``broken`` are the enforced rules, ``warnings`` the others."""

    passed: bool
    broken: tuple[BrokenRule, ...] = ()
    warnings: tuple[BrokenRule, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence per broken rule."""
        return tuple(rule.reason for rule in self.broken)

    def to_json(self) -> VerdictJSON:
        """Plain JSON values for the stored rating and the API."""
        return VerdictJSON(
            passed=self.passed,
            broken=[_plain(rule) for rule in self.broken],
            warnings=[_plain(rule) for rule in self.warnings],
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """Rebuild a verdict that ``to_json`` wrote."""
        return cls(
            passed=bool(data.get("passed", False)),
            broken=tuple(BrokenRule(**rule) for rule in data.get("broken", ())),
            warnings=tuple(BrokenRule(**rule) for rule in data.get("warnings", ())),
        )


# Chosen on real cards; docs/decisions/0020 has the distribution and the surprises, 0023 the
# rules about findings.
DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("license", 0.3),
    Rule("ramp_up_time", 0.2),
    Rule(NET_SCORE, 0.25, is_unknown_accepted=True),
    Rule(COVERAGE, 0.5, is_enforced=False),
    Rule("reproducibility", 0.5, is_enforced=False, is_unknown_accepted=True),
    Rule("dataset_and_code_score", 0.3, is_enforced=False, is_unknown_accepted=True),
    Rule("license", 0.3, is_enforced=False, applies_to="dataset"),
    Rule("license", 0.3, is_enforced=False, applies_to="code"),
    Rule(STRICTER_LICENCE, None),
    Rule(STRICTER_LICENCE, None, is_enforced=False, applies_to="dataset"),
    Rule(STRICTER_LICENCE, None, is_enforced=False, applies_to="code"),
    Rule(DIFFERING_LICENCE, None, is_enforced=False),
    Rule(DIFFERING_LICENCE, None, is_enforced=False, applies_to="dataset"),
    Rule(DIFFERING_LICENCE, None, is_enforced=False, applies_to="code"),
)


def rules_for(type: str, rules: Iterable[Rule] = DEFAULT_RULES) -> tuple[Rule, ...]:
    """The rules that hold for artifacts of one type."""
    return tuple(rule for rule in rules if rule.applies_to == type)


def judge(
    measurements: Mapping[str, Measurement],
    net: float | None,
    coverage: float,
    findings: Iterable[ScanFinding] = (),
    rules: Iterable[Rule] | None = None,
) -> Verdict:
    """Hold the answers against ``rules``, by default those for models.

    The same input gives the same verdict. The caller picks the rules of the artifact's
    type with ``rules_for``.
    """
    broken = [_scan_broken(finding) for finding in findings if finding.outcome in _FATAL]
    warnings = [_scan_broken(finding) for finding in findings if finding.outcome not in _FATAL]
    for rule in rules_for("model") if rules is None else rules:
        failure = _check(rule, measurements, net, coverage)
        if failure is not None:
            (broken if rule.is_enforced else warnings).append(failure)
    return Verdict(passed=not broken, broken=tuple(broken), warnings=tuple(warnings))


_FATAL = frozenset({"hostile", "error"})


def _scan_broken(finding: ScanFinding) -> BrokenRule:
    says = {"hostile": "is hostile", "error": "could not be scanned"}
    verb = says.get(finding.outcome, "is suspicious")
    why = f": {finding.reason}" if finding.reason else ""
    return BrokenRule(SCAN, None, None, f"{finding.path} {verb}{why}")


def _found(rule: Rule, measurements: Mapping[str, Measurement]) -> BrokenRule | None:
    """What was found of the kind that a rule is about, in the words of whoever found it."""
    reasons = dict.fromkeys(
        finding.reason
        for measurement in measurements.values()
        for finding in measurement.findings
        if finding.kind == rule.metric
    )
    return BrokenRule(rule.metric, None, None, "; ".join(reasons)) if reasons else None


def _check(
    rule: Rule, measurements: Mapping[str, Measurement], net: float | None, coverage: float
) -> BrokenRule | None:
    if rule.metric in KINDS or rule.minimum is None:
        return _found(rule, measurements)
    if rule.metric == NET_SCORE:
        score, why = net, "too little is known for a net score" if net is None else ""
    elif rule.metric == COVERAGE:
        score, why = coverage, ""
    elif rule.metric in measurements:
        score, why = measurements[rule.metric].score, measurements[rule.metric].reason
    else:
        return None  # the metric does not apply to this type of artifact
    if score is None and rule.is_unknown_accepted:
        return None
    if score is not None and score >= rule.minimum:
        return None
    shown = "unknown" if score is None else f"{score:.2f}"
    detail = f" ({why})" if why else ""
    reason = f"{rule.metric} is {shown}, and at least {rule.minimum:.2f} is required{detail}"
    return BrokenRule(rule.metric, rule.minimum, score, reason)


def _plain(rule: BrokenRule) -> BrokenRuleJSON:
    return BrokenRuleJSON(
        metric=rule.metric, minimum=rule.minimum, actual=rule.actual, reason=rule.reason
    )

"""May we use it, and is what it says of itself true?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from artifacts.facts import Facts
from ratings.licences import (
    Detection,
    LicenceFinding,
    LicenceFindings,
    Permissions,
    findings_of,
    permissions,
)
from ratings.measurements.addresses import address_of, readme_address
from ratings.measurements.finding_kinds import DIFFERING_LICENCE, STRICTER_LICENCE
from ratings.measurements.measurement import EVERYTHING, Evidence, Measurement, RatedFinding

_CATEGORIES = MappingProxyType(
    {
        "public-domain": 1.0,
        "permissive": 1.0,
        "weak-copyleft": 0.9,
        "copyleft": 0.8,
        "share-alike": 0.8,
        "network-copyleft": 0.7,
        "use-restricted": 0.7,
        "community": 0.6,
        "non-commercial": 0.4,
        "no-derivatives": 0.3,
        "proprietary": 0.1,
        "unknown": 0.3,
    }
)


@dataclass(frozen=True)
class License:
    """May we use it, and is what it says of itself true?

    What its licence permits for fine-tuning and passing on decides the score. A licence
    that is only named counts less than one whose terms are there to read, and where the
    declaration and the text contradict each other the score is capped. Nothing stated
    anywhere is 0: without a licence nobody may use it.
    """

    name: ClassVar[str] = "license"
    applies_to: ClassVar[frozenset[str]] = EVERYTHING
    categories: Mapping[str, float] = field(default_factory=lambda: _CATEGORIES)
    contradiction_cap: float = 0.3
    without_text: float = 0.85
    not_declared: float = 0.85
    stated_without_terms: float = 0.2

    def measure(self, facts: Facts) -> Measurement:
        if facts.license_problem:
            return Measurement.unknown(f"the licence could not be read: {facts.license_problem}")
        findings = findings_of(facts)
        if not findings.is_stated:
            return self._nothing_stated(facts)
        if not findings.expression:
            return Measurement(
                self.stated_without_terms,
                f"a licence is hinted at, but its terms cannot be made out ({findings.reason})",
                self._evidence(facts, findings, permissions("")),
                findings=_for_the_gate(findings),
            )
        given = permissions(findings.expression)
        score = self.categories.get(given.category, self.categories["unknown"])
        how = []
        if not findings.has_text:
            score *= self.without_text
            how.append("its text is not in the repository")
        # a code repository has no card: its licence file is the declaration
        if not findings.declared.expression and facts.type != "code":
            score *= self.not_declared
            how.append("the card does not declare it")
        if findings.has_contradiction:
            score = min(score, self.contradiction_cap)
            how.append("declaration and text contradict each other")
        elif findings.has_own_terms:
            how.append("nobody has judged the words of its own")  # of which the kind is unknown
        reason = f"{findings.name} ({_permits(given)}): {findings.reason}"
        if how:
            reason += f"; {', '.join(how)}"
        evidence = self._evidence(facts, findings, given)
        return Measurement(score, reason, evidence, findings=_for_the_gate(findings))

    def _nothing_stated(self, facts: Facts) -> Measurement:
        if facts.readme is None and facts.readme_problem:
            return Measurement.unknown(f"the README could not be read: {facts.readme_problem}")
        return Measurement(
            0.0,
            "no licence is stated in the card, the metadata, the README or a licence file",
            (
                Evidence(
                    "no licence anywhere",
                    address_of(facts),
                    "Add `license:` to the card and a LICENSE file with the text.",
                ),
            ),
        )

    def _evidence(
        self, facts: Facts, findings: LicenceFindings, given: Permissions
    ) -> tuple[Evidence, ...]:
        first = [each for each in findings.findings if each.code in _REMEDIES]
        others = [each for each in findings.findings if each.code not in _REMEDIES]
        evidence = [_said(facts, finding) for finding in first[:8]]
        if findings.declared.stated:
            evidence.append(
                Evidence(
                    f"declared as {findings.declared.stated[:100]}: {findings.declared.reason}",
                    readme_address(facts, 1),
                )
            )
        evidence += [
            Evidence(
                f"{seen.path} {_reads(seen)} {seen.spdx} ({seen.method}, {seen.confidence:.0%})",
                address_of(facts, seen.path, seen.first_line or None),
            )
            for seen in findings.detections[:8]
        ]
        evidence += [_said(facts, finding) for finding in others[:8]]
        if given.fine_tuning is False:
            evidence.append(Evidence("fine-tuning is not permitted"))
        return tuple(evidence)


_REMEDIES = {
    "text_contradicts": "Make the declaration say what the licence text says.",
    "altered_text": "Ship the licence's own text, or declare the terms under a name of their own.",
}
_DIFFERING = frozenset(
    {"text_contradicts", "altered_text", "several_texts", "also_holds", "part_differs"}
    | {"prose_differs"}
)


def _for_the_gate(findings: LicenceFindings) -> tuple[RatedFinding, ...]:
    """What a rule of the gate may be about; prose and texts of parts never count as stricter."""
    return tuple(
        RatedFinding(STRICTER_LICENCE if each.is_stricter else DIFFERING_LICENCE, each.message)
        for each in findings.findings
        if each.code in _DIFFERING
    )


def _said(facts: Facts, finding: LicenceFinding) -> Evidence:
    url = address_of(facts, finding.path, finding.line or None) if finding.path else ""
    return Evidence(finding.message, url, _REMEDIES.get(finding.code, ""))


def _reads(seen: Detection) -> str:
    return "is near" if seen.is_altered else "reads as"


def _permits(given: Permissions) -> str:
    if not given.is_known:
        return "terms unknown here"
    words = {True: "yes", False: "no", None: "unclear"}
    return (
        f"{given.category}; fine-tuning: {words[given.fine_tuning]},"
        f" redistribution: {words[given.redistribution]}"
    )

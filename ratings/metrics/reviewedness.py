"""Was its code looked at by a second person?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import Facts
from ratings.measurements.addresses import address_of
from ratings.measurements.measurement import Evidence, Measurement
from ratings.observing.linked_artifacts import code_problem, code_repository


@dataclass(frozen=True)
class Reviewedness:
    """Was its code looked at by a second person?

    The share of changed source lines on the default branch that came through a pull
    request or carries the mark of a review. Weights, generated and vendored files do not
    count.
    """

    name: ClassVar[str] = "reviewedness"
    applies_to: ClassVar[frozenset[str]] = frozenset({"model", "code"})

    def measure(self, facts: Facts) -> Measurement:
        code = code_repository(facts)
        if code is None:
            return Measurement.unknown(code_problem(facts) or "no code repository is linked")
        history = code.history
        if history is None:
            why = code.history_problem or "no history of commits could be read"
            return Measurement.unknown(f"{code.name or code.url}: {why}")
        review = history.review
        if review is None or review.problem:
            why = review.problem if review else "the history does not say what was changed"
            return Measurement.unknown(f"reviews could not be counted: {why}")
        if review.lines <= 0:
            return Measurement.unknown("no source line was ever changed")
        share = max(0.0, min(1.0, review.reviewed_lines / review.lines))
        reason = (
            f"{review.reviewed_lines:,} of {review.lines:,} changed source lines ({share:.0%})"
            f" in {review.reviewed_commits:,} of {review.commits:,} commits were reviewed"
        )
        evidence = [
            Evidence(f"{lines:,} lines by {kind.replace('_', ' ')}")
            for kind, lines in sorted(review.by_kind.items(), key=lambda item: (-item[1], item[0]))
        ]
        evidence += [
            Evidence(
                f"{sample.subject[:100]} ({sample.review or 'no review seen'}, {sample.lines:,}"
                " lines)",
                address_of(code, commit=sample.sha),
                "" if sample.review else "Merge changes through pull requests.",
            )
            for sample in review.samples[:10]
        ]
        return Measurement(share, reason, tuple(evidence))

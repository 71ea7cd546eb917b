"""How good is what it is built on?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import Facts
from ratings.measurements.measurement import MODEL, Evidence, Measurement


@dataclass(frozen=True)
class TreeScore:
    """How good is what it is built on?

    The mean of the net scores of the models it was made from. A parent that nobody has
    rated counts neither for nor against it.
    """

    name: ClassVar[str] = "tree_score"
    applies_to: ClassVar[frozenset[str]] = MODEL

    def measure(self, facts: Facts) -> Measurement:
        ordered = sorted(facts.parents, key=lambda parent: (parent.distance, parent.name))
        rated = [
            (parent, parent.net_score)
            for parent in ordered
            if parent.net_score is not None and 0 <= parent.net_score <= 1
        ]
        evidence = tuple(
            Evidence(
                f"{parent.name} ({parent.relationship.replace('_', ' ')}, distance"
                f" {parent.distance}): "
                + ("not rated" if parent.net_score is None else f"{parent.net_score:.2f}"),
                parent.url,
            )
            for parent in ordered
        )
        if not rated:
            named = [one for one in facts.references if one.kind == "model" and one.relationship]
            why = (
                f"none of the {len(ordered) or len(named)} models it was made from is rated here"
                if ordered or named
                else "no model that it was made from is known"
            )
            return Measurement.unknown(why, evidence)
        mean = sum(score for _, score in rated) / len(rated)
        names = ", ".join(parent.name for parent, _ in rated[:3])
        reason = f"mean net score {mean:.2f} of {len(rated)} of {len(ordered)} parents: {names}"
        return Measurement(mean, reason, evidence)

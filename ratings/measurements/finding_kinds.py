"""Kinds of findings that a rule of the gate can be about, beside the scores.

A metric says what it found (``Measurement.findings``), a row of the policy says what follows. A
new kind is a row here, a line in the metric that finds it, and a default rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from ratings.measurements.measurement import EVERYTHING

STRICTER_LICENCE = "stricter_licence"
DIFFERING_LICENCE = "differing_licence"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding, in words for whoever edits the rules."""

    name: str
    title: str
    applies_to: frozenset[str] = EVERYTHING


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(STRICTER_LICENCE, "A licence text takes away what the declaration permits"),
        Kind(DIFFERING_LICENCE, "A licence text or the README says something else than declared"),
    )
}

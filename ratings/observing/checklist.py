"""Questions that are answered by looking for several things, each with its weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ratings.measurements.measurement import Evidence, Measurement


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing looked for: how much it counts, how much of it is there, and where.

    ``what`` completes "It has …" and "It lacks …".
    """

    what: str
    weight: float
    share: float
    note: str = ""
    url: str = ""
    remedy: str = ""

    @property
    def evidence(self) -> Evidence:
        if self.share > 0:
            return Evidence(f"{self.what}: {self.note}" if self.note else self.what, self.url)
        return Evidence(f"no {self.what}", self.url, self.remedy)


def weigh(items: Iterable[ChecklistItem], *, subject: str) -> Measurement:
    """The weighted share of what was found; the reason counts and names it."""
    seen = tuple(items)
    total = sum(one.weight for one in seen)
    score = sum(one.weight * min(1.0, max(0.0, one.share)) for one in seen) / total
    found = [one.what for one in seen if one.share > 0]
    lacking = [one.what for one in seen if one.share <= 0]
    reason = f"{subject} has {len(found)} of {len(seen)} things looked for"
    if found:
        reason += f": {', '.join(found)}"
    if lacking:
        reason += f"; it lacks {', '.join(lacking)}"
    return Measurement(score, reason, tuple(one.evidence for one in seen))

"""What a question of the catalogue has to offer."""

from __future__ import annotations

from typing import ClassVar, Protocol

from artifacts.facts import Facts
from ratings.measurements.measurement import Measurement


class Metric(Protocol):
    """A pure question about an artifact. No database, no network, no clock."""

    name: ClassVar[str]
    applies_to: ClassVar[frozenset[str]]

    def measure(self, facts: Facts) -> Measurement: ...

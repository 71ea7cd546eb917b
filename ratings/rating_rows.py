"""A stored rating as people read it: each question, its weight at the time, and its answer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ratings.metrics import METRICS, WEIGHTS
from ratings.models import Rating


@dataclass(frozen=True, slots=True)
class Answer:
    """One measurement as it is shown. ``weight`` is its share of the whole, None without one."""

    number: int
    name: str
    question: str
    weight: float | None
    score: float | None
    reason: str
    evidence: list[Mapping[str, str]]
    parts: Mapping[str, float]
    latency_seconds: float | None


def answers_of(rating: Rating) -> Iterator[Answer]:
    """The measurements in the order of the catalogue; those of older catalogues follow."""
    stored = rating.measurements
    names = [name for name in METRICS if name in stored]
    names += [name for name in stored if name not in METRICS]
    weights = weights_of(rating)
    total = sum(weights.values()) or 1.0
    for number, name in enumerate(names, start=1):
        measurement = stored[name]
        weight = weights.get(name)
        yield Answer(
            number=number,
            name=name,
            question=question(name),
            weight=None if weight is None else weight / total,
            score=measurement.get("score"),
            reason=measurement.get("reason", ""),
            evidence=measurement.get("evidence", []),
            parts=measurement.get("parts") or {},
            latency_seconds=measurement.get("latency_seconds"),
        )


def weights_of(rating: Rating) -> dict[str, float]:
    """What each measurement weighed when ``rating`` was made."""
    weights = {
        name: measurement.get("weight", WEIGHTS.get(name))
        for name, measurement in rating.measurements.items()
    }
    return {name: float(weight) for name, weight in weights.items() if weight is not None}


def question(name: str) -> str:
    """The first line of the metric's docstring: it is written for readers."""
    metric = METRICS.get(name)
    text = inspect.getdoc(metric) if metric is not None else ""
    return (text or "").partition("\n")[0]

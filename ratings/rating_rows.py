"""A stored rating as people read it: each question, its weight at the time, and its answer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ratings.measurements.measurement import Evidence
from ratings.metrics import METRICS, WEIGHTS
from ratings.models import Rating


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One measurement as it is shown. ``weight`` is its share of the whole, None without one."""

    number: int
    name: str
    question: str
    weight: float | None
    score: float | None
    reason: str
    evidence: tuple[Evidence, ...]
    parts: Mapping[str, float]
    latency_seconds: float | None


def answers_of(rating: Rating) -> Iterator[AnswerRow]:
    """The measurements in the order of the catalogue; those of older catalogues follow."""
    answers = rating.answers
    names = [name for name in METRICS if name in answers]
    names += [name for name in answers if name not in METRICS]
    weights = weights_of(rating)
    total = sum(weights.values()) or 1.0
    for number, name in enumerate(names, start=1):
        measurement, latency_seconds = answers[name]
        weight = weights.get(name)
        yield AnswerRow(
            number=number,
            name=name,
            question=question(name),
            weight=None if weight is None else weight / total,
            score=measurement.score,
            reason=measurement.reason,
            evidence=measurement.evidence,
            parts=measurement.parts,
            latency_seconds=latency_seconds,
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

"""From measurements to a number. The score never travels without its coverage."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from artifacts.facts import Facts
from ratings.measurements.measurement import Measurement, TimedMeasurement
from ratings.metrics import ALL
from ratings.metrics.metric import Metric

# Below this share of known weight a mean would speak for what nobody has seen.
MINIMUM_COVERAGE = 0.5


def measure_all(facts: Facts, metrics: Iterable[Metric] = ALL) -> dict[str, TimedMeasurement]:
    """Ask every metric that applies to the type of ``facts``."""
    answers = {}
    for metric in metrics:
        if facts.type not in metric.applies_to:
            continue
        started = time.perf_counter()
        measurement = metric.measure(facts)
        answers[metric.name] = TimedMeasurement(measurement, time.perf_counter() - started)
    return answers


def net_score(
    measurements: Mapping[str, Measurement], weights: Mapping[str, float]
) -> tuple[float | None, float]:
    """Return the weighted mean of what is known, and how much of the weight that is.

    The weights of the metrics that were asked make up the whole; those that do not apply
    to the type of artifact are absent from ``measurements`` and count for nothing. The
    mean is None while less than half of the weight is known.
    """
    asked = {name: weights[name] for name in measurements if name in weights}
    total = sum(asked.values())
    known = [
        (weight, score)
        for name, weight in asked.items()
        if (score := measurements[name].score) is not None
    ]
    if not total or not known:
        return None, 0.0
    weight_known = sum(weight for weight, _ in known)
    coverage = round(weight_known / total, 3)
    if coverage < MINIMUM_COVERAGE:
        return None, coverage
    mean = sum(weight * score for weight, score in known) / weight_known
    return round(mean, 3), coverage

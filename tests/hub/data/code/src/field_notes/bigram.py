"""Counts which word follows which, and turns the counts into probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

SMOOTHING = 0.01


def count_pairs(sequences: Iterable[Sequence[int]], size: int) -> list[list[int]]:
    """How often each word (column) follows each word (row)."""
    counts = [[0] * size for _ in range(size)]
    for sequence in sequences:
        for left, right in pairwise(sequence):
            counts[left][right] += 1
    return counts


def log_probabilities(
    counts: Sequence[Sequence[int]], smoothing: float = SMOOTHING
) -> list[list[float]]:
    """Natural logarithms, with additive smoothing so that nothing is impossible."""
    table = []
    for row in counts:
        total = sum(row) + smoothing * len(row)
        table.append([math.log((count + smoothing) / total) for count in row])
    return table


def perplexity(table: Sequence[Sequence[float]], sequences: Iterable[Sequence[int]]) -> float:
    """How many words the model hesitates between on average; lower is better."""
    steps = [table[left][right] for sequence in sequences for left, right in pairwise(sequence)]
    return math.exp(-sum(steps) / len(steps))


def next_word_accuracy(
    table: Sequence[Sequence[float]], sequences: Iterable[Sequence[int]]
) -> float:
    """How often the likeliest next word is the one that came."""
    best = [max(range(len(row)), key=row.__getitem__) for row in table]
    hits = [best[left] == right for sequence in sequences for left, right in pairwise(sequence)]
    return sum(hits) / len(hits)

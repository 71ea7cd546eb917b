"""Writes new notes from a bigram table."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from .vocabulary import END, START


def generate(
    table: Sequence[Sequence[float]],
    vocabulary: dict[str, int],
    chance: random.Random,
    longest: int = 32,
) -> str:
    """One note, word by word, until the model says that it ends."""
    words = {number: word for word, number in vocabulary.items()}
    note: list[str] = []
    current = vocabulary[START]
    for _ in range(longest):
        weights = [math.exp(value) for value in table[current]]
        current = chance.choices(range(len(weights)), weights)[0]
        if words[current] == END:
            break
        note.append(words[current])
    return " ".join(note)

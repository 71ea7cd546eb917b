"""Counts the model and says how good it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import bigram, config, corpus, vocabulary, weights

VOCABULARY_SIZE = 96


@dataclass(frozen=True)
class Result:
    """The model's files, and what it scores on the test split."""

    files: dict[str, bytes]
    perplexity: float
    accuracy: float


def train(training: Sequence[corpus.Note], test: Sequence[corpus.Note]) -> Result:
    """Count the model on ``training`` and measure it on ``test``."""
    words = vocabulary.build_vocabulary((note.text for note in training), VOCABULARY_SIZE)
    seen = [vocabulary.encode(note.text, words) for note in training]
    unseen = [vocabulary.encode(note.text, words) for note in test]
    table = bigram.log_probabilities(bigram.count_pairs(seen, len(words)))
    return Result(
        files=model_files(table, words),
        perplexity=bigram.perplexity(table, unseen),
        accuracy=bigram.next_word_accuracy(table, unseen),
    )


def model_files(table: Sequence[Sequence[float]], words: dict[str, int]) -> dict[str, bytes]:
    """Everything that transformers needs to load the model."""
    documents = {
        "config.json": config.model_config(words),
        "generation_config.json": config.generation_config(words),
        "tokenizer.json": vocabulary.tokenizer_json(words),
        "tokenizer_config.json": config.tokenizer_config(),
    }
    texts = {name: json.dumps(data, indent=2) + "\n" for name, data in documents.items()}
    files = {name: text.encode() for name, text in texts.items()}
    return files | weights.shards(weights.llama_tensors(table))


def save(result: Result, folder: Path) -> None:
    """Write the model's files into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in result.files.items():
        (folder / name).write_bytes(content)

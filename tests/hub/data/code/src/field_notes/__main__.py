"""``python -m field_notes DATA MODEL``: train on a dataset folder, write a model folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import corpus
from .train import save, train


def main(arguments: list[str]) -> int:
    """Train, save, and print the figures."""
    parser = argparse.ArgumentParser(prog="field_notes", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with train.jsonl and test.jsonl")
    parser.add_argument("model", type=Path, help="folder to write the model to")
    options = parser.parse_args(arguments)
    training, test = (
        list(corpus.read_jsonl((options.data / name).read_text().splitlines()))
        for name in ("train.jsonl", "test.jsonl")
    )
    result = train(training, test)
    save(result, options.model)
    sys.stdout.write(f"perplexity {result.perplexity:.2f}, accuracy {result.accuracy:.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

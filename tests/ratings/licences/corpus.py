"""Real inputs beside the checkout; tests that need them are skipped where they are absent."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(not FOLDER.is_dir(), reason="no ../shared/corpus here")


def rows(name: str) -> list[dict]:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]

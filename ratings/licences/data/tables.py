"""The tables beside this file, each read once, when it is first asked for."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent


@cache
def table(name: str) -> Any:
    """What a file holds; callers share it and never write to it."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@cache
def word_list(name: str) -> frozenset[str]:
    """A list of words of ``wording.json``."""
    return frozenset(table("wording")["words"][name]["words"])


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of ``wording.json``: any of its whole words, or any of its patterns."""
    row = table("wording")["patterns"][name]
    whole = [rf"\b(?:{'|'.join(row['words'])})\b"] if "words" in row else []
    return re.compile("|".join([*whole, *row.get("patterns", ())]), _flags(row.get("flags", "")))


def says(name: str, text: str) -> bool:
    """Whether a pattern of ``wording.json`` is anywhere in a text."""
    return pattern(name).search(text) is not None


def _flags(letters: str) -> re.RegexFlag:
    return re.RegexFlag(sum(getattr(re, letter.upper()) for letter in letters))

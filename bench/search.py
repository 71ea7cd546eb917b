"""Patterns that people write, and patterns meant to hang a server, against the search's dialect.

    python bench/search.py FOLDER

FOLDER has everyday_regexes.txt (one pattern a line), evil_regexes.jsonl (pattern, prefix, pump,
n, suffix) and *_cards.jsonl.gz (id of a real repository, readme). Prints how many everyday
patterns are accepted, whether they match the same names as Python's re, and how long each evil
pattern takes over a README of 100 kB that is made of its own attack.
"""

# ruff: noqa: E402 - Django is set up before its parts can be imported
from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")

import django

django.setup()

from artifacts.search import InvalidRegex, compiled

README_BYTES = 100_000
PATIENCE_SECONDS = 0.3
NAMES = 300


def names_in(folder: Path) -> list[str]:
    cards: list[dict[str, str]] = []
    for file in sorted(folder.glob("*_cards.jsonl.gz")):
        with gzip.open(file) as lines:
            cards += map(json.loads, lines)
    names = sorted({card["id"] for card in cards})
    return names[:: max(1, len(names) // NAMES)]


def everyday(folder: Path) -> None:
    names = names_in(folder)
    warnings.simplefilter("ignore")  # re warns of patterns that may change their meaning
    known = [program for line in lines_of(folder) if (program := _python(line))]
    accepted, refused, differing, slow = 0, Counter[str](), [], 0
    compared: set[str] = set()
    for program in known:
        try:
            pattern = compiled(program.pattern)
        except InvalidRegex as exc:
            refused[str(exc).split(": ", 1)[1].split(", which")[0]] += 1
            continue
        accepted += 1
        if program.pattern in compared:  # the collection repeats itself
            continue
        compared.add(program.pattern)
        wrong, started = [], time.perf_counter()
        for name in names:
            if bool(program.search(name)) != pattern.matches(name):
                wrong.append(name)
            if time.perf_counter() - started > PATIENCE_SECONDS:  # re may never end
                slow += 1
                break
        if wrong:
            differing.append((program.pattern, wrong[:3]))
    print(f"everyday: {accepted} of {len(known)} accepted ({accepted / len(known):.1%})")
    print(
        f"  on {len(names)} names {len(differing)} of {len(compared)} different patterns disagree"
        f" with re ({slow} were given up because re is too slow)"
    )
    for source, wrong in differing[:5]:
        print(f"    {source[:60]!r} on {wrong}")
    for reason, count in refused.most_common(8):
        print(f"  refused {count}: {reason[:90]}")


def lines_of(folder: Path) -> Iterator[str]:
    yield from filter(None, (folder / "everyday_regexes.txt").read_text().split("\n"))


def _python(source: str) -> re.Pattern[str] | None:
    try:
        return re.compile(source)
    except (re.error, OverflowError, RecursionError):
        return None


def evil(folder: Path) -> None:
    taken, refused = [], Counter[str]()
    for line in (folder / "evil_regexes.jsonl").read_text().splitlines():
        one = json.loads(line)
        started = time.perf_counter()
        try:
            pattern = compiled(one["pattern"])
        except InvalidRegex as exc:
            refused[str(exc).split(": ", 1)[1].split(", which")[0]] += 1
            continue
        attack = one["prefix"] + one["pump"] * one["n"] + one["suffix"]
        attack += one["pump"] * README_BYTES
        pattern.matches(attack[:README_BYTES])
        taken.append((time.perf_counter() - started, one["id"]))
    taken.sort()
    print(f"evil: {len(taken)} answered, {sum(refused.values())} refused by name")
    print(
        f"  longest {taken[-1][0] * 1000:.0f} ms, median {taken[len(taken) // 2][0] * 1000:.2f} ms"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    evil(Path(sys.argv[1]))
    everyday(Path(sys.argv[1]))

"""What cards name in their YAML and in their prose, compared with what is read from them.

    python bench/lineage_corpus.py [FOLDER with models_cards.jsonl.gz, …]

Every ``base_model``, ``datasets`` and ``model-index`` entry of the front matter, read here by
PyYAML alone, has to be a reference with that relationship, and nothing else may be. Then it
counts what only the prose and recipes in code blocks name, and prints a sample of the prose
for a person to judge.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import yaml

from artifacts.facts import Facts, Reference, references
from artifacts.facts.cards import parse_card
from artifacts.sources.recognising import SourceAddresses

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
FRONT = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
URLS = {"model": "https://huggingface.co/", "dataset": "https://huggingface.co/datasets/"}
SAMPLE = 60
Edge = tuple[str, str]  # what is named, in small letters, and whether it is a model or a dataset


def cards(folder: Path, kind: str) -> Iterator[tuple[str, str]]:
    with gzip.open(folder / f"{kind}s_cards.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["id"], row["readme"]


def stated(readme: str) -> set[tuple[Edge, str]]:
    """The edges of the front matter, with the field that states each."""
    found = FRONT.match(readme)
    try:
        front = yaml.safe_load(found[1].replace("\t", " ")) if found else {}
    except yaml.YAMLError:
        return set()
    if not isinstance(front, dict):
        return set()
    edges = {((name, "model"), "base_model") for name in strings(front.get("base_model"))}
    edges |= {((name, "dataset"), "datasets") for name in strings(front.get("datasets"))}
    for model in front.get("model-index") or ():
        for result in model.get("results") or ():
            name = (result.get("dataset") or {}).get("type")
            edges |= {((name, "dataset"), "model-index") for name in strings(name)}
    return edges


def strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one.strip().lower() for one in values if isinstance(one, str) and one.strip()]


def read(kind: str, id: str, readme: str) -> list[Reference]:
    place = f"{URLS.get(kind, 'https://github.com/')}{id}"
    card = parse_card(readme)
    facts = Facts(
        type=kind,
        url=place,
        revision="0" * 40,
        source="github" if kind == "code" else "huggingface",
        readme=readme,
        readme_path="README.md",
        card={} if kind == "code" else card.front,
    )
    return [one for one in references.of(facts, SourceAddresses()) if one.relationship]


def field(reference: Reference) -> str:
    if reference.relationship == "evaluation_dataset":
        return "model-index"
    return "datasets" if reference.kind == "dataset" else "base_model"


def compare(folder: Path) -> None:
    counts: Counter[str] = Counter()
    for id, readme in cards(folder, "model"):
        wanted = {
            (edge, source) for edge, source in stated(readme) if edge != (id.lower(), "model")
        }
        found = {
            ((one.name.lower(), one.kind), field(one))
            for one in read("model", id, readme)
            if one.seen_in == "model_card" and one.kind in URLS
        }
        counts["cards"] += 1
        counts["cards that state edges"] += bool(wanted)
        counts["edges stated"] += len(wanted)
        for source in ("base_model", "datasets", "model-index"):
            counts[f"of them in {source}"] += sum(one == source for _, one in wanted)
        counts["missed"] += len(wanted - found)
        counts["invented"] += len(found - wanted)
        for kind, odd in (("missed", wanted - found), ("invented", found - wanted)):
            for edge, source in sorted(odd):
                print(f"  {kind}: {id} {source} {edge[0]}")
    print(", ".join(f"{name} {count:,}" for name, count in counts.items()))


def prose(folder: Path) -> None:
    counts: Counter[str] = Counter()
    found: list[str] = []
    for kind in ("model", "dataset", "code"):
        for id, readme in cards(folder, kind):
            seen = read(kind, id, readme)
            named = {one.url.lower() for one in seen if one.seen_in == "model_card"}
            lines = readme.splitlines()
            for one in seen:
                if one.seen_in == "model_card" or one.url.lower() in named:
                    continue
                place = "recipe" if one.seen_in == "merge_config" else one.relationship
                counts[f"{kind}: {place}"] += 1
                if one.seen_in != "readme":
                    continue
                line = " ".join(lines[(one.line or 1) - 1].split())
                at = max(0, line.lower().find(one.name.lower().rsplit("/", 1)[-1]) - 110)
                found.append(
                    f"{id} -[{one.relationship}]-> {one.name}\n      {line[at : at + 260]}"
                )
    print(f"only in prose and recipes: {sum(counts.values()):,}")
    for name, count in sorted(counts.items()):
        print(f"  {name} {count}")
    random.Random(5).shuffle(found)
    for number, one in enumerate(found[:SAMPLE], 1):
        print(f"{number:4}. {one}")


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    compare(source)
    prose(source)

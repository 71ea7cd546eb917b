"""Rates many models three times with ``manage.py rate`` and prints throughput and a digest.

    python bench/ratings_rate.py ../shared/corpus                       (SQLite)
    DATABASE_URL=postgresql://user@host/db python bench/ratings_rate.py ../shared/corpus

The models are real cards with made listings; each names a dataset and a code repository
whose facts are stored as well, and every tenth is built on another one. The digest covers
every measurement of every rating but its latency: it is the same each time and on every
database. Works in a test database that it creates and removes.
"""

# ruff: noqa: E402 - models can be imported once Django is set up
from __future__ import annotations

import gzip
import hashlib
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.runner import DiscoverRunner

from artifacts.facts import (
    CodeSurvey,
    Facts,
    FileAuthorship,
    FileFact,
    History,
    Identity,
    Reference,
    Review,
    references,
)
from artifacts.facts.cards import parse_card
from artifacts.models import Artifact, Observation, State, Version
from artifacts.sources.recognising import SourceAddresses
from lineage import services as lineage
from ratings.models import Rating

MODELS, ROUNDS, FILES, PEOPLE = 1_000, 3, 400, 12
REVISION = "a" * 40


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/corpus")
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        fill(folder)
        print(f"{connection.vendor}: {MODELS:,} models")
        for _ in range(ROUNDS):
            cpu, out = time.process_time(), io.StringIO()
            call_command("rate", "--all", "--quiet", stdout=out)
            cpu = time.process_time() - cpu
            print(f"  {out.getvalue().strip()}; {1000 * cpu / MODELS:.1f} ms of CPU each")
            print(f"  digest {digest()}")
    finally:
        runner.teardown_databases(databases)


def fill(folder: Path) -> None:
    data = observe(dataset(folder))
    code = observe(repository())
    parents: list[str] = []
    for number, card in zip(range(MODELS), itertools.cycle(list(cards(folder))), strict=False):
        url = f"https://huggingface.co/bench/model-{number:04}"
        named = [
            Reference("dataset", "bench/data", data.source_url, "training_dataset", "model_card"),
            Reference("code", "bench/code", code.source_url, "code", "model_card"),
        ]
        if number % 10 == 9:
            parent = parents[number // 20]
            named.append(Reference("model", parent, parent, "base_model", "model_card"))
        parents.append(url)
        add(model(number, url, card, named), [data, code])


def add(facts: Facts, observed: list[Observation]) -> None:
    artifact = Artifact.objects.create(
        type="model", name=facts.name, source_url=facts.url, source_key=facts.url
    )
    version = Version.objects.create(
        artifact=artifact,
        number=1,
        state=State.READY,
        source_url=facts.url,
        revision=facts.revision,
        facts=facts.to_json(),
    )
    version.observations.set(observed)
    artifact.current = version
    artifact.save()
    lineage.record_links(version, facts)


def model(number: int, url: str, text: str, named: list[Reference]) -> Facts:
    shards = 1 + number % 4
    files = [
        FileFact(f"model-{one:05}-of-{shards:05}.safetensors", 900_000_000 * (1 + number % 7))
        for one in range(1, shards + 1)
    ]
    found = Facts(
        type="model",
        url=url,
        revision=REVISION,
        name=url.rpartition("/")[2],
        source="huggingface",
        readme=text,
        readme_path="README.md",
        card=parse_card(text).front,
        files=(FileFact("README.md", len(text)), FileFact("config.json", 700), *files),
    )
    return replace(
        found, has_linked=True, references=(*named, *references.of(found, SourceAddresses()))
    )


def repository() -> Facts:
    files = [
        FileAuthorship(f"src/m{n}.py", n * n % PEOPLE, ((n * n % PEOPLE, 3), (n % PEOPLE, 2)))
        for n in range(FILES)
    ]
    people = tuple(Identity(f"Person {n}", f"{n}@example.org") for n in range(PEOPLE))
    return Facts(
        "code",
        "https://github.com/bench/code",
        REVISION,
        source="github",
        readme="# Code\n" + "It trains the models of this bench. " * 20,
        files=tuple(FileFact(file.path, 4_000) for file in files),
        history=History(
            commits=2_000,
            identities=people,
            commits_by_identity=tuple(range(100, 100 + PEOPLE)),
            files=tuple(files),
            review=Review(lines=90_000, reviewed_lines=31_000, commits=2_000),
        ),
        survey=CodeSurvey(
            files=FILES, lines=50_000, python_files=FILES, python_lines=50_000, functions=900
        ),
    )


def dataset(folder: Path) -> Facts:
    text = next(cards(folder, "datasets"))
    url = "https://huggingface.co/datasets/bench/data"
    return Facts(
        "dataset", url, REVISION, source="huggingface", readme=text, card=parse_card(text).front
    )


def observe(facts: Facts) -> Observation:
    return Observation.objects.create(
        type=facts.type, source_url=facts.url, revision=facts.revision, facts=facts.to_json()
    )


def cards(folder: Path, kind: str = "models") -> Iterator[str]:
    with gzip.open(folder / f"{kind}_cards.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["readme"]


def digest() -> str:
    """Of the newest rating of every model, in the order of their names."""
    found = hashlib.sha256()
    names = Artifact.objects.values_list("name", "current")
    newest = {rating.version_id: rating for rating in Rating.objects.order_by("pk")}
    for name, version in sorted(names):
        rating = newest[version]
        for measurement in rating.measurements.values():
            del measurement["latency_seconds"]
        said = [name, rating.net_score, rating.coverage, rating.verdict, rating.measurements]
        found.update(json.dumps(said, sort_keys=True).encode())
    return found.hexdigest()[:16]


if __name__ == "__main__":
    main()

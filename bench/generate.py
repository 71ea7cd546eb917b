"""Fills an empty database with 500, 20,000 or 1,000,000 artifacts that look like real ones.

    DATABASE_URL=sqlite:////tmp/bench.sqlite3 python bench/generate.py 20000
    DATABASE_URL=postgresql://user@host/bench python bench/generate.py 1000000

Rows as the pipeline leaves them: names, READMEs of 1 to 4 kB, files, ratings and as many
lineage links as artifacts; no objects in the storage. The same count gives the same rows.
Every ``RARE[n]`` is a word of one README in 5,000 and of no name.
"""

# ruff: noqa: E402, SLF001 - Django is set up before its models, whose columns are asked for
from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")

import django
import orjson

django.setup()

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from tqdm import tqdm

from accounts.models import User
from artifacts.models import Artifact, Blob, File, SearchDocument, Version
from artifacts.search import indexes
from lineage.models import Link
from ratings.models import Rating

BATCH = 5_000
FAMILIES = (
    "bert roberta distilbert albert electra deberta t5 flan-t5 mt5 bart pegasus gpt2 gpt-neox opt"
    " bloom llama-2 llama-3 mistral mixtral phi gemma qwen qwen2 falcon mpt pythia starcoder"
    " codegen whisper wav2vec2 hubert speecht5 vit deit swin convnext resnet dinov2 clip siglip"
    " blip sam yolos detr stable-diffusion sdxl controlnet musicgen bark xlm-roberta camembert"
    " e5 bge gte minilm mpnet nomic-embed olmo stablelm tinyllama zephyr openhermes"
).split()
SIZES = "tiny small base large xl xxl 70m 160m 410m 1b 3b 7b 8b 13b 34b 70b mini medium".split()
VARIANTS = (
    "uncased cased instruct chat finetuned lora qlora gguf gptq awq int8 fp16 v1 v2 v3 dpo sft rlhf"
    " merged distilled en de fr zh ja multilingual squad sst2 mnli imdb cnn-dailymail xsum samsum"
    " ner pos sentiment qa summarization translation retrieval reranker code math medical legal"
).split()
DATASETS = (
    "wiki news reviews tweets dialogues code-snippets speech captions questions instructions"
    " abstracts subtitles patents contracts recipes genomes satellite traffic chess poetry"
).split()
TOOLS = "trainer runtime toolkit bench inference tokenizers eval serving pipeline agents".split()
SYLLABLES = (
    "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za bri cle dro fla".split()
)
SENTENCES = (
    "This model was fine-tuned from {family} on {word} data for {number} epochs.",
    "It reaches an accuracy of 0.{number} on the held-out part of {word}.",
    "The {word} corpus was cleaned of duplicates before training on {number} examples.",
    "We recommend a learning rate of {number}e-6 with a warm-up over {number} steps.",
    "It should not be used for decisions about people without a review by {word} experts.",
    "Training took {number} hours on eight accelerators with {word} mixed precision.",
    "See the paper by {word} and others for the details of the {family} architecture.",
    "Texts in languages other than those of {word} were left out.",
    "```python\nfrom transformers import pipeline\n\nprint(pipeline('{word}')(texts))\n```",
    "| {word} | 0.{number} |\n| {family} | 0.{number} |",
    "Known limits: long inputs, {word} names, and anything after the year 20{number}.",
)
LICENSES = ["Apache-2.0", "MIT", "CC-BY-4.0", "CC-BY-NC-4.0", "GPL-3.0-only", "BSD-3-Clause", ""]
QUESTIONS = (
    "license ramp_up_time bus_factor performance_claims dataset_and_code_score dataset_quality"
    " code_quality reproducibility reviewedness tree_score size_score"
).split()
RARE = tuple(
    f"{a}{b}" for a in ("zebra", "quill", "umber", "ochre", "fjord") for b in ("finch", "moth",
    "heron", "lynx", "newt", "stoat", "wren", "vole")
)  # fmt: skip
START = datetime(2024, 1, 1, tzinfo=UTC)
BENCH_PASSWORD = "correct-horse-1!"


class Table:
    """One table that is filled with plain rows; columns that are not named get their defaults."""

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.given = columns
        missing = [name for name in fields if name not in columns and name != "id"]
        self.defaults = tuple(self._default(fields[name]) for name in missing)
        self.columns = [fields[name].column for name in (*columns, *missing)]
        self.rows: list[tuple[Any, ...]] = []

    def _default(self, field: models.Field[Any, Any]) -> Any:
        value = field.get_default()
        if isinstance(field, models.JSONField):
            return orjson.dumps(value).decode()
        if isinstance(value, datetime):
            return stamp(value)
        return value

    def add(self, *values: Any) -> None:
        self.rows.append(values + self.defaults)

    def flush(self, cursor: Any) -> None:
        table = self.model._meta.db_table
        names = ", ".join(f'"{name}"' for name in self.columns)
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in self.rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(self.columns))
            insert = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
            connection.connection.executemany(insert, self.rows)
        self.rows.clear()


def stamp(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


class Words:
    """Words, sentences and ratings, drawn from pools that are made once."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(8_000)]
        self.words = words
        self.sentences = [
            chance.choice(SENTENCES).format(
                family=chance.choice(FAMILIES),
                word=chance.choice(words),
                number=chance.randint(10, 99),
            )
            for _ in range(40_000)
        ]
        self.ratings = [self._rating() for _ in range(300)]
        self.moments = [
            stamp(START + timedelta(minutes=chance.randrange(10**6))) for _ in range(9999)
        ]

    def name(self, type: str, number: int) -> str:
        pick = self.chance.choice
        if type == "model":
            parts = [pick(FAMILIES), pick(SIZES), pick(VARIANTS)]
        elif type == "dataset":
            parts = [pick(self.words), pick(DATASETS), pick(VARIANTS[-24:])]
        else:
            parts = [pick(self.words), pick(TOOLS)]
        if self.chance.random() < 0.6:
            parts.append(pick(self.words))
        return "-".join([*parts, f"{number:x}"])

    def readme(self, name: str, number: int) -> str:
        length = self.chance.randint(1_000, 4_000)
        parts = [f"---\nlicense: {self.chance.choice(LICENSES).lower()}\n---\n# {name}\n"]
        if number % 5_000 < len(RARE):
            parts.append(f"Named after the {RARE[number % 5_000]} that lives in the garden.")
        size = sum(map(len, parts))
        while size < length:
            parts.append(self.chance.choice(self.sentences))
            size += len(parts[-1]) + 1
        return "\n".join(parts)[:length]

    def _rating(self) -> tuple[float, float, str]:
        measurements: dict[str, Any] = {}
        for name in QUESTIONS:
            score = self.chance.choice([None, *(round(self.chance.random(), 3) for _ in range(7))])
            measurements[name] = {
                "score": score,
                "reason": self.chance.choice(self.sentences),
                "evidence": [{"note": "README.md", "url": "https://example.org/", "remedy": ""}],
                "parts": {},
                "latency_seconds": round(self.chance.random() / 100, 5),
            }
        measurements["size_score"]["parts"] = {
            "raspberry_pi": 0.2, "jetson_nano": 0.4, "desktop_pc": 0.9, "aws_server": 1.0
        }  # fmt: skip
        known = [m["score"] for m in measurements.values() if m["score"] is not None]
        net = round(sum(known) / len(known), 3) if known else 0.5
        return net, round(len(known) / len(QUESTIONS), 3), orjson.dumps(measurements).decode()


class Generator:
    def __init__(self, count: int, *, has_search: bool) -> None:
        self.count = count
        self.has_search = has_search
        self.chance = random.Random(count)
        self.words = Words(self.chance)
        self.blobs = Table(Blob, "sha256", "git_sha1", "size_bytes")
        self.artifacts = Table(
            Artifact, "id", "type", "name", "source_url", "source_key", "owner_id", "created",
            "current_id", "license", "net_score", "coverage", "size_bytes", "published",
        )  # fmt: skip
        self.versions = Table(
            Version, "id", "artifact_id", "number", "source_url", "revision", "state", "size_bytes",
            "license", "facts", "manifest_sha256", "bundle_sha256", "bundle_size_bytes",
            "requested_by_id", "created", "finished",
        )  # fmt: skip
        self.files = Table(File, "version_id", "path", "blob_id", "scan")
        self.ratings = Table(
            Rating, "version_id", "catalogue_version", "net_score", "coverage", "measurements",
            "net_latency_seconds", "verdict", "created",
        )  # fmt: skip
        self.links = Table(
            Link, "child_id", "version_id", "parent_id", "parent_type", "parent_name",
            "parent_url", "parent_key", "relationship", "seen_in", "created",
        )  # fmt: skip
        self.documents = Table(SearchDocument, "artifact_id", "readme")
        # parents come before children
        self.tables = (self.blobs, self.artifacts, self.versions, self.files, self.ratings,
                       self.links, self.documents)  # fmt: skip
        self.known: list[tuple[str, str, str]] = [("", "", "")]  # type, name, address by id

    def run(self, owner: User) -> None:
        bar = tqdm(total=self.count, unit="row", disable=None)
        for start in range(1, self.count + 1, BATCH):
            numbers = range(start, min(start + BATCH, self.count + 1))
            for number in numbers:
                self.make(number, owner.pk)
            with transaction.atomic(), connection.cursor() as cursor:
                for table in self.tables:
                    table.flush(cursor)
            bar.update(len(numbers))
        bar.close()

    def make(self, number: int, owner_id: int) -> None:
        chance, words = self.chance, self.words
        type = chance.choices(("model", "dataset", "code"), (6, 2, 2))[0]
        name = words.name(type, number)
        organisation = words.words[int(chance.random() ** 2 * len(words.words))]
        host = "github.com" if type == "code" else "huggingface.co"
        folder = "datasets/" if type == "dataset" else ""
        url = f"https://{host}/{folder}{organisation}/{name}"
        self.known.append((type, name, url))
        readme = words.readme(name, number)
        license, moment = chance.choice(LICENSES), chance.choice(words.moments)
        net, coverage, measurements = chance.choice(words.ratings)
        digest = hashlib.sha256(url.encode()).hexdigest()
        size = int(10 ** chance.uniform(4, 11))
        facts = {"type": type, "url": url, "revision": digest[:40], "readme": readme,
                 "readme_path": "README.md", "description": readme[-80:]}  # fmt: skip
        self.blobs.add(digest, digest[:40], size)
        self.artifacts.add(number, type, name, url, url.lower(), owner_id, moment, number,
                           license, net, coverage, size, moment)  # fmt: skip
        self.versions.add(number, number, 1, url, digest[:40], "READY", size, license,
                          orjson.dumps(facts).decode(), digest, digest, size + 1000, owner_id,
                          moment, moment)  # fmt: skip
        self.files.add(number, "README.md", digest, "clean")
        self.files.add(number, "model.safetensors", digest, "clean")
        verdict = '{"passed": true, "broken": [], "warnings": []}'
        self.ratings.add(number, "1", net, coverage, measurements, 0.01, verdict, moment)
        for parent in self.parents(number):
            kind, title, address = self.known[parent]
            relation = {"model": "base_model", "dataset": "training_dataset", "code": "code"}[kind]
            self.links.add(number, number, parent, kind, title, address, address.lower(),
                           relation, "model_card", moment)  # fmt: skip
        if self.has_search:
            self.documents.add(number, readme)

    def parents(self, number: int) -> set[int]:
        """One link for each artifact in the mean; the first ones have the most children."""
        wanted = self.chance.choice((0, 1, 1, 2)) if number > 10 else 0
        return {1 + int(self.chance.random() ** 3 * (number - 1)) for _ in range(wanted)}


def analyse() -> Iterator[str]:
    """Build the search index, correct the sequences, and let the planner look around."""
    yield "search index"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET maintenance_work_mem = '2GB'")
        indexes.install(connection)
        yield "statistics"
        tables = [Artifact, Version, Blob, File, Rating, Link]
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument(
        "--names-only", action="store_true", help="leave READMEs out of the search: much faster"
    )
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if Artifact.objects.exists():
        sys.exit("This database has artifacts in it; give an empty one.")
    owner = User.objects.create_user("bench", BENCH_PASSWORD, role="admin")
    started = time.perf_counter()
    indexes.remove(connection)  # built in one go at the end
    Generator(options.count, has_search=not options.names_only).run(owner)
    print(f"rows: {time.perf_counter() - started:.0f} s", flush=True)
    for step in analyse():
        print(f"{step}: begun at {time.perf_counter() - started:.0f} s", flush=True)
    print(f"done: {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()

"""How long the pages take with 20,000 artifacts.

    DATABASE_URL=sqlite:////tmp/bench-pages.sqlite3 python bench/pages.py

Fills an empty database (never one with artifacts in it), then asks each page many times
through the test client and prints the median and the worst time on the server.
"""

# ruff: noqa: E402 - Django is set up before its models can be imported
from __future__ import annotations

import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now, timedelta

from accounts.models import User
from artifacts.models import Artifact, Blob, File, Version
from ratings.models import Rating
from tests.factories import README, digest, make_rating

COUNT = 20_000
ROUNDS = 15
LICENSES = ["Apache-2.0", "MIT", "CC-BY-4.0", "CC-BY-NC-4.0", "GPL-3.0-only", "OpenRAIL", ""]
WORDS = "bert whisper llama tiny base large uncased small vision text audio mistral phi".split()


def fill() -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if Artifact.objects.count() >= COUNT:
        return
    if Artifact.objects.exists():
        sys.exit("This database has artifacts in it; give an empty one.")
    chance = random.Random(1)  # a fixed seed: every run measures the same rows
    owner = User.objects.create_user("bench", "correct-horse-1!", role="admin")
    blob = Blob.objects.create(sha256=digest("b"), git_sha1="0" * 40, size_bytes=1000)
    artifacts = [_artifact(number, chance, owner) for number in range(COUNT)]
    Artifact.objects.bulk_create(artifacts, 500)
    facts = {"readme": README * 8, "readme_path": "README.md", "description": "A model."}
    versions = [
        Version(
            artifact=artifact,
            number=1,
            source_url=artifact.source_url,
            revision=digest(artifact.name)[:40],
            state="READY",
            facts=facts,
            size_bytes=artifact.size_bytes,
            license=artifact.license,
            finished=artifact.published,
        )
        for artifact in artifacts
    ]
    Version.objects.bulk_create(versions, 500)
    for artifact, version in zip(artifacts, versions, strict=True):
        artifact.current = version
    Artifact.objects.bulk_update(artifacts, ["current"], 200)
    File.objects.bulk_create(
        [
            File(version=version, path=path, blob=blob, scan="clean")
            for version in versions
            for path in ("README.md", "config.json", "model.safetensors")
        ],
        1000,
    )
    rating = make_rating(versions[0])
    Rating.objects.bulk_create(
        [
            Rating(
                version=version,
                catalogue_version="1",
                net_score=0.7,
                coverage=0.8,
                measurements=rating.measurements,
                verdict=rating.verdict,
            )
            for version in versions[1:]
        ],
        500,
    )


def _artifact(number: int, chance: random.Random, owner: User) -> Artifact:
    name = "-".join([*chance.sample(WORDS, 3), str(number)])
    url = f"https://huggingface.co/org-{number % 300}/{name}"
    return Artifact(
        type=chance.choice(["model", "model", "dataset", "code"]),
        name=name,
        source_url=url,
        source_key=url,
        owner=owner,
        license=chance.choice(LICENSES),
        net_score=chance.choice([None, *(round(chance.random(), 3) for _ in range(9))]),
        coverage=round(chance.uniform(0.4, 1), 3),
        size_bytes=int(10 ** chance.uniform(4, 11)),
        published=now() - timedelta(minutes=chance.randrange(60 * 24 * 365)),
    )


def measure(client: Client, label: str, address: str, **headers: str) -> None:
    for _ in range(2):
        response = client.get(address, headers=headers)
    assert response.status_code == 200, (label, response.status_code)
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(address, headers=headers)
        taken.append((time.perf_counter() - started) * 1000)
    print(
        f"{label:34} median {statistics.median(taken):6.1f} ms   worst {max(taken):6.1f} ms   "
        f"{len(response.content) / 1000:6.1f} kB"
    )


def main() -> None:
    fill()
    client = Client()
    client.force_login(User.objects.get(username="bench"))
    artifact = Artifact.objects.order_by("-pk")[100]
    page = artifact.get_absolute_url()
    fragment = {"HX-Request": "true"}
    measure(client, "overview", "/")
    measure(client, "list", "/artifacts/")
    for sort in ("name", "score", "size"):
        measure(client, f"list by {sort}", f"/artifacts/?sort={sort}")
    measure(client, "list, one type", "/artifacts/?type=dataset")
    measure(client, "list, licence and score", "/artifacts/?license=mit&score=0.8")
    measure(client, "search, common word", "/artifacts/?q=whisper", **fragment)
    measure(client, "search, two words", "/artifacts/?q=llama+tiny", **fragment)
    measure(client, "search, nothing fits", "/artifacts/?q=zzzz", **fragment)
    last = Artifact.objects.order_by("published", "pk")[50]
    deep = f"/artifacts/?after={last.published.isoformat().replace('+', '%2B')}~{last.pk}"
    measure(client, "list, the last page", deep, **fragment)
    for tab in ("", "files/", "rating/", "rating/panel/", "versions/"):
        measure(client, f"artifact {tab}", page + tab)


if __name__ == "__main__":
    main()

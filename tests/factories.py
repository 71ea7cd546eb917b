"""Rows as the pipeline leaves them, made directly: for tests that are about pages."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from accounts.models import User
from artifacts.models import Artifact, Blob, File, Scan, State, Version
from ratings.metrics import CATALOGUE_VERSION
from ratings.models import Rating

QUESTIONS = {
    "license": (1.0, "Apache-2.0 is declared in the card and its text is in LICENSE"),
    "ramp_up_time": (0.82, "9 of 11 things a newcomer looks for are there"),
    "bus_factor": (0.35, "2 people would have to leave before half of 148 files have no author"),
    "performance_claims": (0.9, "4 results name their task, dataset, metric and value"),
    "dataset_and_code_score": (0.75, "training data is named in the metadata, code in the text"),
    "dataset_quality": (None, "no dataset that it names could be read"),
    "code_quality": (0.68, "7.2 findings per thousand lines, mean complexity 4.1"),
    "reproducibility": (0.5, "the example needs one repair: torch is not declared"),
    "reviewedness": (0.44, "3,118 of 7,086 changed lines came through a pull request"),
    "tree_score": (None, "no parent of it is rated"),
    "size_score": (0.71, "one set of weights has 268 MB in model.safetensors"),
}
README = """---
license: apache-2.0
---
# A small model

It classifies sentences. See [the licence](LICENSE) and [how to use it](#how-to-use).

![accuracy by epoch](https://cdn.example.org/accuracy.png)

## How to use

```python
from transformers import pipeline

classify = pipeline("text-classification", model="acme/small-model")
classify("What a fine registry.")
```

## Results

| dataset | accuracy |
|---------|---------:|
| SST-2   |    0.913 |
| IMDb    |    0.884 |
"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_artifact(
    name: str = "small-model",
    *,
    type: str = "model",
    owner: User | None = None,
    state: str = State.READY,
    url: str = "",
    files: dict[str, int] | None = None,
    readme: str | None = README,
    rated: bool = True,
    net_score: float | None = 0.71,
    coverage: float = 0.84,
    license: str = "Apache-2.0",
    **version_fields: Any,
) -> Artifact:
    """An artifact with one version in ``state``; a READY one has files and a rating."""
    host = "github.com" if type == "code" else "huggingface.co"
    folder = "datasets/" if type == "dataset" else ""
    url = url or f"https://{host}/{folder}acme/{name}"
    artifact = Artifact.objects.create(
        type=type, name=name, source_url=url, source_key=url.casefold(), owner=owner
    )
    make_version(
        artifact,
        state=state,
        files=files,
        readme=readme,
        license=license,
        requested_by=owner,
        **version_fields,
    )
    version = artifact.newest
    assert version is not None
    if state == State.READY:
        publish(artifact, version, net_score=net_score, coverage=coverage)
    if rated and state in {State.READY, State.REJECTED}:
        make_rating(version, net_score=net_score, coverage=coverage)
    return artifact


def make_version(
    artifact: Artifact,
    *,
    state: str = State.READY,
    files: dict[str, int] | None = None,
    readme: str | None = README,
    **fields: Any,
) -> Version:
    number = artifact.versions.count() + 1
    revision = digest(f"{artifact.pk}/{number}")[:40]
    is_over = state not in {State.PENDING, State.FETCHING, State.RATING}
    facts: dict[str, Any] = {
        "type": artifact.type,
        "url": artifact.source_url,
        "revision": revision,
        "description": "A small model that classifies sentences.",
        "popularity": {"downloads": 120_345, "likes": 87},
    }
    if readme is not None:
        facts |= {"readme": readme, "readme_path": "README.md"}
    defaults: dict[str, Any] = {
        "source_url": artifact.source_url,
        "revision": "" if state == State.PENDING else revision,
        "facts": {} if state == State.PENDING else facts,
        "finished": now() if is_over else None,
    }
    version = Version.objects.create(
        artifact=artifact, number=number, state=state, **(defaults | fields)
    )
    if state in {State.READY, State.REJECTED, State.QUARANTINED}:
        for path, size in (files or _FILES).items():
            add_file(version, path, size)
        sizes = version.files.values_list("blob__size_bytes", flat=True)
        version.files_done = version.files_total = len(sizes)
        version.size_bytes = version.bytes_done = version.bytes_total = sum(sizes)
        version.manifest_sha256 = digest(f"manifest {version.pk}")
        version.bundle_sha256 = digest(f"bundle {version.pk}")
        version.bundle_size_bytes = version.size_bytes + 1_284
        version.save()
    return version


_FILES = {
    "LICENSE": 11_357,
    "README.md": 4_811,
    "config.json": 629,
    "model.safetensors": 267_832_558,
    "tokenizer.json": 711_661,
    "vocab.txt": 231_508,
}


def add_file(version: Version, path: str, size: int = 10, *, scan: str = "", **fields: Any) -> File:
    sha256 = digest(f"{path} of {size} bytes")
    blob, _ = Blob.objects.get_or_create(
        sha256=sha256, defaults={"git_sha1": sha256[:40], "size_bytes": size}
    )
    outcome = scan or (Scan.CLEAN if path.endswith((".bin", ".pkl", ".json")) else Scan.SKIPPED)
    return File.objects.create(version=version, path=path, blob=blob, scan=outcome, **fields)


def publish(
    artifact: Artifact, version: Version, *, net_score: float | None, coverage: float
) -> None:
    artifact.current = version
    artifact.license = version.license
    artifact.net_score, artifact.coverage = net_score, coverage
    artifact.size_bytes = version.size_bytes
    artifact.published = version.finished or now()
    artifact.save()


def make_rating(
    version: Version,
    *,
    net_score: float | None = 0.71,
    coverage: float = 0.84,
    broken: list[dict[str, Any]] | None = None,
) -> Rating:
    measurements: dict[str, Any] = {}
    for index, (name, (score, reason)) in enumerate(QUESTIONS.items()):
        link = f"{version.source_url}/blob/{version.revision}/README.md"
        measurements[name] = {
            "score": score,
            "reason": reason,
            "evidence": [{"note": "README.md", "url": link, "remedy": ""}],
            "parts": {},
            "latency_seconds": 0.0004 * (index + 1),
        }
    measurements["size_score"]["parts"] = {
        "raspberry_pi": 0.42,
        "jetson_nano": 0.61,
        "desktop_pc": 0.95,
        "aws_server": 1.0,
    }
    measurements["reproducibility"]["evidence"].append(
        {"note": "the code block under How to use", "url": "", "remedy": "declare torch"}
    )
    return Rating.objects.create(
        version=version,
        catalogue_version=CATALOGUE_VERSION,
        net_score=net_score,
        coverage=coverage,
        measurements=measurements,
        net_latency_seconds=0.012,
        verdict={"passed": not broken, "broken": broken or [], "warnings": []},
    )


def grow_old(artifact: Artifact, days: int) -> Artifact:
    """As if it had been published so many days ago."""
    artifact.published = now() - timedelta(days=days)
    artifact.save(update_fields=["published"])
    return artifact

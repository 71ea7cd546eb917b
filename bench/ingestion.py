"""What a small ingestion costs: processor time of the worker, without the hub.

    python bench/ingestion.py
    python bench/ingestion.py --against ../older-checkout

Makes models of five files and 200 kB on a hub of its own and lets a fresh registry ingest them
one after the other. With another checkout both are measured in turns, in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WARM_UP = 5


def make_models(root: Path, count: int) -> list[str]:
    """The addresses of ``count`` models with different weights."""
    import random

    from tests.hub.content.made import APACHE, make
    from tests.hub.history import Step

    chance, urls = random.Random(7), []
    card = b"---\nlicense: apache-2.0\n---\n# Small\n\nIt answers. Load it with `small.load()`.\n"
    for number in range(count):
        header = json.dumps(
            {"w": {"dtype": "U8", "shape": [180_000], "data_offsets": [0, 180_000]}}
        ).encode()
        weights = len(header).to_bytes(8, "little") + header + chance.randbytes(180_000)
        files: dict[str, bytes | Path | None] = {
            "README.md": card + f"Number {number}.\n".encode(),
            "LICENSE": APACHE.read_bytes(),
            "config.json": json.dumps({"model_type": "small", "number": number}).encode(),
            "tokenizer.json": json.dumps({"words": list(range(2_000))}).encode(),
            "model.safetensors": weights,
        }
        made = make(root, "models", f"bench/small-{number:03}", [Step("all of it", files)])
        urls.append(made.url)
    return urls


def measure(urls: list[str]) -> None:
    """Print the milliseconds of processor time for each address but the first few."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - the checkout that is measured
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.models import Role, User
    from artifacts import services
    from artifacts.models import State
    from registry.ingestion import pipeline

    call_command("migrate", verbosity=0, interactive=False)
    owner = User.objects.create_user("bench", "correct-horse-1!", role=Role.UPLOADER)
    costs = []
    for url in urls:
        begun = time.process_time()
        version = services.register(url=url, type="model", owner=owner)
        pipeline.ingest(version.pk)
        costs.append((time.process_time() - begun) * 1000)
        version.refresh_from_db()
        if version.state not in {State.READY, State.REJECTED}:  # the rating may be too low
            raise SystemExit(f"{url}: {version.state} {version.reason}")
    print(json.dumps(costs[WARM_UP:]))


def run(checkout: Path, urls: list[str], endpoint: str) -> list[float]:
    """One fresh registry of one checkout, in a process of its own."""
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {
            "DATA_DIR": data, "HF_ENDPOINT": endpoint, "GITHUB_URL": f"{endpoint}/github",
            "SOURCE_ALLOW_HTTP": "1", "LOG_LEVEL": "ERROR", "DEBUG": "0",
        }  # fmt: skip
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, __file__, "--measure", *urls],
            cwd=checkout, env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return [float(cost) for cost in json.loads(done.stdout.splitlines()[-1])]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--against", type=Path, help="another checkout of this repository")
    options.add_argument("--models", type=int, default=30)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure:
        measure(given.measure)
        return
    sys.path.insert(0, str(HERE))
    from tests.hub.server import Hub

    checkouts = {"this": HERE} | ({"other": given.against} if given.against else {})
    medians: dict[str, list[float]] = {name: [] for name in checkouts}
    with tempfile.TemporaryDirectory() as root, Hub(Path(root)) as hub:
        urls = make_models(Path(root), given.models)
        for _ in range(given.rounds):
            for name, checkout in checkouts.items():
                medians[name].append(statistics.median(run(checkout, urls, hub.hf_endpoint)))
    for name, found in medians.items():
        print(
            f"{name}: {statistics.median(found):.1f} ms of processor time for an artifact"
            f" ({min(found):.1f} to {max(found):.1f} in {len(found)} rounds)"
        )
    if given.against:
        ratios = [a / b for a, b in zip(medians["this"], medians["other"], strict=True)]
        print(f"this / other: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()

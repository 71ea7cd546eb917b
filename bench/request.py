"""What one request costs inside the application: processor time, without a server or a network.

    DATABASE_URL=sqlite:////tmp/500.sqlite3 python bench/request.py
    DATABASE_URL=sqlite:////tmp/500.sqlite3 python bench/request.py --against ../older-checkout

The database is one of bench/generate.py, and both checkouts use it as it is. They are measured in
turn, each time in a fresh process, always with the code of this file. The script ends with 1 if a
median is more than a tenth above that of the other checkout.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
MOST = 1.10  # times the median of the other checkout
SAMPLE = 300  # models that are asked for
Application = Callable[..., Any]


def asked(application: Application, address: str, token: str) -> None:
    """One GET, as a server would pass it on, read to its end."""
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": "application/json", "HTTP_X_AUTHORIZATION": f"bearer {token}",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }  # fmt: skip
    said: list[str] = []
    answer = application(environ, lambda status, _headers: said.append(status))
    b"".join(answer)
    answer.close()
    if said != ["200 OK"]:
        raise SystemExit(f"{address}: {said}")


def cost(application: Application, addresses: list[str], token: str, given: Any) -> float:
    """Milliseconds of processor time for a request, after a fifth that only warms up."""
    from django.db import connections

    ready = threading.Barrier(given.threads + 1)
    times = given.requests // given.threads

    def work() -> None:
        for address in islice(cycle(addresses), times // 5):
            asked(application, address, token)
        ready.wait()
        for address in islice(cycle(addresses), times):
            asked(application, address, token)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(given.threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    begun = time.process_time()
    for worker in workers:
        worker.join()
    return (time.process_time() - begun) / (times * given.threads) * 1000


def endpoints() -> dict[str, list[str]]:
    """What is measured, and the addresses it is asked with; the same ones in every run."""
    from artifacts.models import Artifact

    models = list(Artifact.objects.filter(type="model").order_by("pk").values_list("pk", "name"))
    some = random.Random(7).sample(models[: 2 * SAMPLE], min(SAMPLE, len(models)))
    return {
        "retrieve": [f"/api/artifacts/model/{pk}" for pk, _ in some],
        "rate": [f"/api/artifact/model/{pk}/rate" for pk, _ in some],
        "byName": [f"/api/artifact/byName/{name}" for _, name in some],
        "list": ["/api/artifacts"],
        "list, filtered": ["/api/artifacts?type=model&license=MIT&min_score=0.4"],
        "lineage": [f"/api/artifact/model/{pk}/lineage" for pk, _ in some],
        "cost": [f"/api/artifact/model/{pk}/cost" for pk, _ in some],
        "cost, dependency": [f"/api/artifact/model/{pk}/cost?dependency=true" for pk, _ in some],
    }


def measure(given: Any) -> None:
    """Print, as JSON, the cost of each endpoint of the checkout in the working directory."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - the checkout that is measured
    from registry.wsgi import application  # isort: skip - Django is set up first

    from accounts import tokens
    from accounts.models import User

    token = tokens.open_session(User.objects.get(username="bench"))
    costs = {
        name: cost(application, addresses, token, given)
        for name, addresses in endpoints().items()
        if given.only in name
    }
    print(json.dumps(costs))


def run(checkout: Path, data: str) -> dict[str, float]:
    """One process of one checkout, asked what this one was asked."""
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--measure"],
        cwd=checkout, check=True, stdout=subprocess.PIPE, text=True,
        env=os.environ | {
            "DJANGO_SETTINGS_MODULE": "registry.settings", "DATA_DIR": data, "LOG_LEVEL": "ERROR",
            "TOKEN_MAX_CALLS": "1000000000", "RATE_LIMIT_DOWNLOAD": "off",
        },
    )  # fmt: skip
    return {name: float(found) for name, found in json.loads(done.stdout.splitlines()[-1]).items()}


def table(found: dict[str, dict[str, list[float]]]) -> tuple[str, list[str]]:
    """The medians with their ranges, and the endpoints that cost too much more than before."""
    lines = [" | ".join(["ms of processor time", *found, *["ratio"] * (len(found) > 1)])]
    slower = []
    for name in next(iter(found.values())):
        rounds = [of[name] for of in found.values()]
        cells = [f"{statistics.median(r):.2f} ({min(r):.2f} to {max(r):.2f})" for r in rounds]
        if len(rounds) > 1:
            ratio = statistics.median(rounds[0]) / statistics.median(rounds[1])
            cells.append(f"{ratio:.2f}")
            slower += [name] * (ratio > MOST)
        lines.append(" | ".join([name, *cells]))
    return "\n".join(f"| {line} |" for line in lines), slower


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", type=Path, help="another checkout of this repository")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=500, help="of one endpoint in one round")
    parser.add_argument("--threads", type=int, default=1, help="that ask at once")
    parser.add_argument("--only", default="", help="endpoints whose names hold this")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given)
        return
    checkouts = {"this": HERE} | ({"other": given.against} if given.against else {})
    found: dict[str, dict[str, list[float]]] = {name: {} for name in checkouts}
    with tempfile.TemporaryDirectory() as data:
        (Path(data) / "static").mkdir()  # or whitenoise warns
        for number in range(given.rounds):
            for label in sorted(checkouts, reverse=number % 2 == 0):  # each begins every other time
                for name, milliseconds in run(checkouts[label], data).items():
                    found[label].setdefault(name, []).append(milliseconds)
    report, slower = table(found)
    print(report)
    if slower:
        sys.exit(f"More than a tenth above the other checkout: {', '.join(slower)}.")


if __name__ == "__main__":
    main()

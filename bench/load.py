"""How long the API takes under 1, 16 and 100 connections, on databases of several sizes.

    python bench/load.py sqlite:////tmp/500.sqlite3 sqlite:////tmp/20k.sqlite3 postgresql://…

Each database (filled by bench/generate.py) gets a server as ``manage.py serve`` starts it, and
a bare DRF view (bench/bare.py) answers the same bytes from memory. Server and client share the
machine. All of them are asked in turn, round after round; a cell is the median and the 99th
percentile in milliseconds of the best round, because a neighbour's work only ever adds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PORT = 8750
CONNECTIONS = (1, 16, 100)
PAGE = 100
DEEP = 10_000  # pages
ENDPOINTS = (
    "retrieve", "rate", "byName", "list page", "deep page", "byRegEx, name", "byRegEx, README",
)  # fmt: skip
COMPARED = ("retrieve", "rate", "byName")
ENVIRONMENT = {"TOKEN_MAX_CALLS": "1000000000", "RATE_LIMIT_DOWNLOAD": "off", "LOG_LEVEL": "ERROR"}


@dataclass
class Target:
    """A server, and the requests that each endpoint is asked with."""

    label: str
    port: int
    requests: dict[str, list[bytes]] = field(default_factory=dict)
    medians: dict[tuple[str, int], list[tuple[float, float]]] = field(default_factory=dict)
    errors: int = 0


def request(method: str, path: str, port: int, token: str = "", body: Any = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: application/json"]
    if token:
        lines.append(f"X-Authorization: bearer {token}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    """One keep-alive connection that sends its next request when an answer is complete."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests
        self.received = bytearray()

    def send(self) -> None:
        self.started = time.perf_counter()
        self.received.clear()
        self.socket.sendall(next(self.requests))

    def receive(self) -> int | None:
        """The status when the answer is complete."""
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise ConnectionError
        self.received += chunk
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return None
        headers = bytes(self.received[:head]).lower()
        at = headers.find(b"content-length:")
        if at < 0:  # the last piece of a chunked answer is empty
            is_complete = self.received.endswith(b"\r\n0\r\n\r\n")
        else:
            length = int(headers[at + 15 :].split(b"\r\n", 1)[0])
            is_complete = len(self.received) >= head + 4 + length
        return int(headers[9:12]) if is_complete else None


def measure(target: Target, endpoint: str, connections: int, seconds: float) -> None:
    """One round; the first fifth of it only warms up."""
    requests = cycle(target.requests[endpoint])
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = Connection(target.port, requests)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    begun = time.perf_counter()
    taken: list[float] = []
    while (elapsed := time.perf_counter() - begun) < seconds:
        for key, _ in selector.select(timeout=1):
            connection = key.data
            status = connection.receive()
            if status is None:
                continue
            if elapsed > seconds / 5:
                taken.append((time.perf_counter() - connection.started) * 1000)
            target.errors += status != 200
            connection.send()
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    selector.close()
    if len(taken) > 1:
        worst = statistics.quantiles(taken, n=100)[-1]
        target.medians.setdefault((endpoint, connections), []).append(
            (statistics.median(taken), worst)
        )


def describe(port: int) -> None:
    """Print, as JSON, what the database of DATABASE_URL can be asked; runs in its own process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")
    import django

    django.setup()
    from django.db.models import Max

    from accounts import tokens
    from accounts.models import User
    from artifacts.models import Artifact
    from bench.generate import RARE
    from common.pagination import seal

    token = tokens.open_session(User.objects.get(username="bench"))
    last = Artifact.objects.aggregate(last=Max("pk"))["last"]
    chance = random.Random(7)
    ids = sorted(chance.sample(range(1, last + 1), min(400, last)))
    rows = list(Artifact.objects.filter(pk__in=ids).values_list("pk", "type", "name"))
    chance.shuffle(rows)
    deep = seal("queries", max(0, min(DEEP * PAGE, last) - PAGE - 1))
    everything = [{"name": "*"}]
    paths: dict[str, list[tuple[Any, ...]]] = {
        "retrieve": [("GET", f"/api/artifacts/{type}/{pk}") for pk, type, _ in rows],
        "rate": [("GET", f"/api/artifact/model/{pk}/rate") for pk, t, _ in rows if t == "model"],
        "byName": [("GET", f"/api/artifact/byName/{name}") for _, _, name in rows],
        "list page": [("POST", "/api/artifacts", everything)],
        "deep page": [("POST", f"/api/artifacts?offset={deep}", everything)],
        "byRegEx, name": [
            ("POST", "/api/artifact/byRegEx", {"regex": name.rpartition("-")[0]})
            for _, _, name in rows
        ],
        "byRegEx, README": [
            ("POST", "/api/artifact/byRegEx", {"regex": f"the {word} that"}) for word in RARE[1:]
        ],
    }
    requests = {
        endpoint: [
            request(method, path, port, token, *body).decode() for method, path, *body in asked
        ]
        for endpoint, asked in paths.items()
    }
    print(json.dumps({"rows": last, "requests": requests}))


def serve(command: list[str], port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A server as ``manage.py serve`` starts it; ready when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *command, "--bind", f"127.0.0.1:{port}",
         "--workers", "2", "--threads", "8", "--worker-class", "gthread", "--keep-alive", "30",
         "--log-level", "error"],
        cwd=ROOT,
        env=os.environ | environment,
    )  # fmt: skip
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process
    raise SystemExit(f"No server came up on port {port}.")


def targets_for(urls: list[str], running: list[subprocess.Popen[bytes]]) -> Iterator[Target]:
    for port, url in enumerate(urls, PORT + 1):
        environment = ENVIRONMENT | {"DATABASE_URL": url}
        described = subprocess.run(
            [sys.executable, __file__, "--describe", str(port)],
            env=os.environ | environment, check=True, stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        known = json.loads(described.stdout.splitlines()[-1])
        running.append(serve(["registry.wsgi"], port, environment))
        kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
        target = Target(f"{kind} {known['rows']:,}", port)
        for endpoint, requests in known["requests"].items():
            target.requests[endpoint] = [one.encode() for one in requests]
        yield target


def bare_target(like: Target, running: list[subprocess.Popen[bytes]]) -> Target:
    """The same answers as ``like`` gives, from memory."""
    answers = {}
    for endpoint in COMPARED:
        lines = like.requests[endpoint][0].decode().split("\r\n")
        asked = urllib.request.Request(f"http://127.0.0.1:{like.port}{lines[0].split()[1]}")
        asked.add_header("X-Authorization", lines[3].partition(": ")[2])
        with urllib.request.urlopen(asked) as response:
            answers[endpoint] = json.load(response)
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(answers, file)
    running.append(serve(["--chdir", "bench", "bare"], PORT, {"BARE_ANSWERS": file.name}))
    requests = {name: [request("GET", f"/{name}", PORT)] for name in COMPARED}
    return Target("bare DRF", PORT, requests)


def table(targets: list[Target]) -> str:
    head = ["endpoint", "connections", *(target.label for target in targets)]
    lines = ["| " + " | ".join(head) + " |", "|---|---:|" + "---:|" * len(targets)]
    for endpoint in ENDPOINTS:
        for connections in CONNECTIONS:
            cells = []
            for target in targets:
                rounds = target.medians.get((endpoint, connections))
                cells.append("{:.1f} ({:.0f})".format(*min(rounds)) if rounds else "")
            lines.append(f"| {endpoint} | {connections} | " + " | ".join(cells) + " |")
    errors = ", ".join(f"{target.label} {target.errors}" for target in targets)
    return "\n".join([*lines, "", f"Answers that were not 200: {errors}."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("urls", nargs="*", help="DATABASE_URLs")
    parser.add_argument("--seconds", type=float, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="endpoints whose names hold one of these, with commas")
    parser.add_argument("--describe", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.describe:
        describe(options.describe)
        return
    running: list[subprocess.Popen[bytes]] = []
    try:
        targets = list(targets_for(options.urls, running))
        targets.insert(0, bare_target(targets[0], running))
        wanted = options.only.split(",") if options.only else [""]
        endpoints = [name for name in ENDPOINTS if any(part in name for part in wanted)]
        for _ in range(options.rounds):
            for connections in CONNECTIONS:
                for endpoint in endpoints:
                    for target in targets:
                        if endpoint in target.requests:
                            measure(target, endpoint, connections, options.seconds)
        print(table(targets))
    finally:
        for process in running:
            process.terminate()


if __name__ == "__main__":
    main()

"""What one request costs inside the application: processor time, without a server or a network.

    DATABASE_URL=sqlite:////tmp/500.sqlite3 python bench/request.py

The database is one of bench/generate.py. Three endpoints are asked by one thread, then retrieving
by one and by eight threads at once, as they come and in turns (common/turns.py).
"""

# ruff: noqa: E402 - Django is set up before its parts can be imported
from __future__ import annotations

import io
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")
os.environ |= {"TOKEN_MAX_CALLS": "1000000000", "LOG_LEVEL": "ERROR"}

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import connections

from accounts import tokens
from accounts.models import User
from artifacts.models import Artifact
from common.turns import in_turn

REQUESTS = 1000


def asked(app: Callable[..., Any], path: str, token: str) -> None:
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "HTTP_ACCEPT": "application/json",
        "HTTP_X_AUTHORIZATION": f"bearer {token}", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
    }  # fmt: skip
    said: list[str] = []
    answer = app(environ, lambda status, _headers: said.append(status))
    b"".join(answer)
    answer.close()
    if said != ["200 OK"]:
        raise SystemExit(f"{path}: {said}")


def cost(app: Callable[..., Any], paths: list[str], token: str, threads: int = 1) -> float:
    """Milliseconds of processor time for a request, after a fifth that only warms up."""
    ready = threading.Barrier(threads + 1)
    times = REQUESTS // threads

    def work() -> None:
        for path in paths[: times // 5]:
            asked(app, path, token)
        ready.wait()
        for number in range(times):
            asked(app, paths[number % len(paths)], token)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    begun = time.process_time()
    for worker in workers:
        worker.join()
    return (time.process_time() - begun) / (times * threads) * 1000


def main() -> None:
    token = tokens.open_session(User.objects.get(username="bench"))
    models = list(Artifact.objects.filter(type="model").values_list("pk", "name")[:300])
    random.Random(7).shuffle(models)
    paths = {
        "retrieve": [f"/api/artifacts/model/{pk}" for pk, _ in models],
        "rate": [f"/api/artifact/model/{pk}/rate" for pk, _ in models],
        "byName": [f"/api/artifact/byName/{name}" for _, name in models],
    }
    for name, some in paths.items():
        print(f"{name}: {cost(application, some, token):.2f} ms")
    for label, app in {"as they come": application, "in turns": in_turn(application)}.items():
        costs = [cost(app, paths["retrieve"], token, threads) for threads in (1, 8)]
        print("retrieve {}: {:.2f} ms by one thread, {:.2f} ms by eight".format(label, *costs))


if __name__ == "__main__":
    main()

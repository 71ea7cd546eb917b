"""What counting one call costs, per way of counting: python bench/token_budget.py [calls]

PostgreSQL is measured if DATABASE_URL names one, Redis if it answers on 127.0.0.1:6379.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")

import django

django.setup()

import redis  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.limits.counters import FileCounter, PostgresCounter, RedisCounter  # noqa: E402

UNTIL = int(time.time()) + 3600
Add = Callable[[str], object]


def sqlite_upsert(path: Path, synchronous: str) -> Add:
    """The way not taken: a row written per call."""
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value INT)")
    open_connections: dict[int, sqlite3.Connection] = {}

    def add(key: str) -> object:
        import threading

        me = threading.get_ident()
        if me not in open_connections:
            fresh = sqlite3.connect(path, timeout=60, isolation_level=None)
            fresh.execute(f"PRAGMA synchronous={synchronous}")
            open_connections[me] = fresh
        return (
            open_connections[me]
            .execute(
                "INSERT INTO kept VALUES (?, 1) ON CONFLICT (key) DO UPDATE"
                " SET value = value + 1 RETURNING value",
                [key],
            )
            .fetchone()
        )

    return add


def measure(name: str, add: Add, calls: int) -> None:
    """One thread, then sixteen on one key."""
    for _ in range(20):
        add("warm")
    taken = []
    for _ in range(calls):
        start = time.perf_counter()
        add("alone")
        taken.append((time.perf_counter() - start) * 1e6)
    start = time.perf_counter()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: add("shared"), range(calls)))
    together = calls / (time.perf_counter() - start)
    p99 = statistics.quantiles(taken, n=100)[98]
    print(f"| {name} | {statistics.median(taken):.0f} | {p99:.0f} | {together:,.0f} |")


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    print("| counter | median µs | p99 µs | calls/s, 16 threads |\n| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as scratch:
        files = FileCounter(Path(scratch) / "counters")
        measure("file", lambda k: files.add(k, until=UNTIL, ceiling=10**9), calls)
        for mode in ("NORMAL", "OFF"):
            add = sqlite_upsert(Path(scratch) / f"{mode}.sqlite3", mode)
            measure(f"SQLite upsert, synchronous={mode}", add, calls)
    shared = RedisCounter("redis://127.0.0.1:6379/15")
    try:
        shared.redis.ping()
    except redis.RedisError:
        print("(no Redis)")
    else:
        measure("Redis", lambda k: shared.add(f"bench {k}", until=UNTIL, ceiling=10**9), calls)
    if connection.vendor == "postgresql":
        rows = PostgresCounter()
        measure("PostgreSQL", lambda k: rows.add(f"bench {k}", until=UNTIL, ceiling=10**9), calls)


if __name__ == "__main__":
    main()

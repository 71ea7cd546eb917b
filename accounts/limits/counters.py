"""One number per key that only goes up: exact across threads, processes and machines.

Measured in docs/decisions/0041; which one is used follows from where the registry runs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import redis
from django.conf import settings
from django.db import connection

from accounts.limits.errors import CounterUnavailable

HOUR = 3600


class Counter(Protocol):
    """Counts calls. ``until`` (unix seconds) says when a count may be forgotten."""

    def add(self, key: str, *, until: int, ceiling: int, count: int = 1) -> int:
        """Count ``count`` more, all or none, and say the ordinal of the last.

        Where they do not fit below ``ceiling`` any number beyond it will do.
        """

    def read(self, key: str, *, until: int) -> int:
        """How many were counted so far."""

    def sweep(self) -> int:
        """Forget what is over; how many things were removed."""


def _digest(key: str) -> str:
    """A name of fixed length that no key of a caller can steer."""
    return hashlib.sha256(key.encode(errors="backslashreplace")).hexdigest()


class FileCounter:
    """For one machine: a call appends a byte to the file of its key.

    The kernel gives each appending write a place of its own and leaves the descriptor
    behind it, so the position is the ordinal. Files lie in a folder per hour of their
    end, so that sweeping never looks at those still in use.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def add(self, key: str, *, until: int, ceiling: int, count: int = 1) -> int:
        try:
            descriptor = self._open(self._path(key, until))
            try:
                if os.fstat(descriptor).st_size + count > ceiling:
                    return ceiling + 1
                os.write(descriptor, b"." * count)
                return os.lseek(descriptor, 0, os.SEEK_CUR)
            finally:
                os.close(descriptor)
        except OSError as exc:
            raise CounterUnavailable(retry_after=5) from exc

    def read(self, key: str, *, until: int) -> int:
        try:
            return Path(self._path(key, until)).stat().st_size
        except FileNotFoundError:
            return 0

    def sweep(self) -> int:
        if not self.directory.is_dir():
            return 0
        # an hour of grace: a clock may step back
        over = [
            folder
            for folder in self.directory.iterdir()
            if folder.name.isdigit() and int(folder.name) < time.time() // HOUR - 1
        ]
        for folder in over:
            shutil.rmtree(folder, ignore_errors=True)  # another process may sweep as well
        return len(over)

    def _path(self, key: str, until: int) -> str:
        return f"{self.directory}/{until // HOUR}/{_digest(key)}"  # a Path would cost as much again

    @staticmethod
    def _open(path: str) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(path, flags, 0o600)


class PostgresCounter:
    """For several machines with PostgreSQL: one upsert in a table that writes no log.

    The table is emptied after a crash of the database (not by a restart): then counts
    start again, while sessions still end by time.
    """

    def add(self, key: str, *, until: int, ceiling: int, count: int = 1) -> int:
        if count > ceiling:
            return ceiling + 1
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO accounts_counter AS kept (key, value, until) VALUES (%s, %s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = kept.value + excluded.value"
                " WHERE kept.value + excluded.value <= %s RETURNING value",
                [_digest(key), count, until, ceiling],
            )
            row = cursor.fetchone()
        return row[0] if row else ceiling + 1

    def read(self, key: str, *, until: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM accounts_counter WHERE key = %s", [_digest(key)])
            row = cursor.fetchone()
        return row[0] if row else 0

    def sweep(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_counter WHERE until < %s", [int(time.time())])
            return cursor.rowcount


class RedisCounter:
    """For several machines with Redis: INCRBY, which also ends the key when its time comes."""

    def __init__(self, url: str) -> None:
        self.redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def add(self, key: str, *, until: int, ceiling: int, count: int = 1) -> int:
        pipeline = self.redis.pipeline(transaction=True)
        pipeline.incrby(self._name(key), count)
        pipeline.expireat(self._name(key), until)
        try:
            ordinal = int(pipeline.execute()[0])
            if count > 1 and ordinal > ceiling:  # given back, so that fewer at once may still fit
                self.redis.decrby(self._name(key), count)
        except redis.RedisError as exc:
            raise CounterUnavailable(retry_after=5) from exc
        return ordinal

    def read(self, key: str, *, until: int) -> int:
        try:
            return int(self.redis.get(self._name(key)) or 0)
        except redis.RedisError as exc:
            raise CounterUnavailable(retry_after=5) from exc

    def sweep(self) -> int:
        return 0

    @staticmethod
    def _name(key: str) -> str:
        return f"registry:count:{_digest(key)}"


_redis = lru_cache(maxsize=4)(RedisCounter)  # its connections are pooled


def counter() -> Counter:
    """The one that fits where the registry runs."""
    if settings.REDIS_URL:
        return _redis(settings.REDIS_URL)
    if connection.vendor == "postgresql":
        return PostgresCounter()
    return FileCounter(settings.COUNTER_DIR)

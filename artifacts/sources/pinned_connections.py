"""Connections of urllib3 that go to an address that was checked, and do not wait for a drip."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from io import BufferedReader, RawIOBase
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import connection as sockets

from artifacts.sources.bounds import LowSpeedLimit
from artifacts.sources.egress import Guard

BUFFER_BYTES = 64 * 1024


def pools(guard: Guard) -> dict[str, Callable[..., HTTPConnectionPool]]:
    """What makes a pool for each scheme, whose connections go where ``guard`` lets them."""
    return {
        "http": partial(_pool, HTTPConnectionPool, partial(PinnedConnection, guard)),
        "https": partial(_pool, HTTPSConnectionPool, partial(PinnedTLSConnection, guard)),
    }


def _pool(
    pool: type[HTTPConnectionPool], connection: Callable[..., Any], *args: Any, **kwargs: Any
) -> HTTPConnectionPool:
    made = pool(*args, **kwargs)
    made.ConnectionCls = connection  # type: ignore[assignment]
    return made


class _Pinned:
    """Connects to an address that was checked, never to the name again."""

    sock: Any

    def __init__(self, guard: Guard, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = guard

    def _new_conn(self: Any) -> Any:
        failure: Exception = OSError(f"{self.host} has no address")
        for address in self._guard.addresses(self._dns_host, self.port):
            try:
                return sockets.create_connection(
                    (address, self.port), self.timeout, socket_options=self.socket_options
                )
            except OSError as exc:
                failure = exc
        raise failure

    def connect(self: Any) -> None:
        super().connect()  # type: ignore[misc]
        self.sock = PatientSocket(self.sock)


class PinnedConnection(_Pinned, HTTPConnection):  # type: ignore[misc]
    """One without TLS."""


class PinnedTLSConnection(_Pinned, HTTPSConnection):  # type: ignore[misc]
    """One with TLS: the certificate is that of the name, whichever address it was."""


class PatientSocket:
    """A socket whose answers may be slow to begin; in all else what it wraps."""

    def __init__(self, inner: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._inner = inner
        self._clock = clock
        self._limit = LowSpeedLimit()

    def sendall(self, data: Any) -> None:
        self._limit.begin()  # a new request on a kept connection
        self._inner.sendall(data)

    def makefile(self, mode: str, *args: Any, **kwargs: Any) -> BufferedReader:
        raw = self._inner.makefile(mode, buffering=0)
        patient = _PatientFile(raw, self._limit, self._inner.gettimeout, self._clock)
        return BufferedReader(patient, BUFFER_BYTES)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _PatientFile(RawIOBase):
    """What a socket receives, counted and timed while it arrives."""

    def __init__(
        self,
        inner: Any,
        limit: LowSpeedLimit,
        timeout: Callable[[], float | None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self._inner = inner
        self._limit = limit
        self._timeout = timeout
        self._clock = clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        started = self._clock()
        received: int | None = self._inner.readinto(buffer)
        self._limit.count(received or 0, self._clock() - started, self._timeout())
        return received

    def close(self) -> None:
        self._inner.close()
        super().close()

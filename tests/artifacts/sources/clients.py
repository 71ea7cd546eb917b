"""Both ways of asking the outside under one face: what one must not do, the other must not."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpcore2
import urllib3.util.connection

from artifacts.sources import sessions, transport
from artifacts.sources.bounds import MAX_ANSWER_BYTES
from artifacts.sources.egress import Guard
from artifacts.sources.pinned_connections import PatientSocket
from artifacts.sources.transport import PatientStream

Ask = Callable[..., bytes]


@dataclass(frozen=True)
class Connection:
    """One connection that receives a byte at a time, and what it says of a drip."""

    send: Callable[[], Any]
    read: Callable[[], bytes]
    too_slow: type[Exception]


@dataclass(frozen=True)
class Client:
    """One HTTP library within a guard; ``ask(guard, url, headers, max_bytes)`` gives a body."""

    name: str
    ask: Ask
    dripping: Callable[[Callable[[], float]], Connection]
    opens: tuple[Any, str]  # what opens a connection; the address comes first after ``self``
    address: Callable[..., str]  # the address in the arguments of that
    nobody_there: Exception


def by_httpx(guard: Guard, url: str, headers=None, max_bytes: int = MAX_ANSWER_BYTES) -> bytes:
    bounded = {transport.LIMIT: max_bytes}
    with transport.client(guard, headers) as client:
        return client.get(url, extensions=bounded).content


def by_requests(guard: Guard, url: str, headers=None, max_bytes: int = MAX_ANSWER_BYTES) -> bytes:
    with sessions.session(guard, headers, max_bytes=max_bytes) as session:
        return session.get(url).content


class Stream(httpcore2.NetworkStream):
    def read(self, max_bytes, timeout=None):
        return b"x"

    def write(self, buffer, timeout=None):
        pass


class Received(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, buffer):
        buffer[:1] = b"x"
        return 1


class Socket:
    def makefile(self, mode, buffering):
        return Received()

    def sendall(self, data):
        pass

    def gettimeout(self):
        return 30.0


def stream_that_drips(clock: Callable[[], float]) -> Connection:
    stream = PatientStream(Stream(), clock=clock)
    return Connection(
        lambda: stream.write(b"GET"), lambda: stream.read(1, timeout=30), httpcore2.ReadTimeout
    )


def socket_that_drips(clock: Callable[[], float]) -> Connection:
    socket = PatientSocket(Socket(), clock=clock)
    return Connection(
        lambda: socket.sendall(b"GET"), lambda: socket.makefile("rb").read(1), TimeoutError
    )


CLIENTS = [
    Client(
        "httpx2",
        by_httpx,
        stream_that_drips,
        opens=(httpcore2.SyncBackend, "connect_tcp"),
        address=lambda backend, host, *rest: host,
        nobody_there=httpcore2.ConnectError("nobody there"),
    ),
    Client(
        "requests",
        by_requests,
        socket_that_drips,
        opens=(urllib3.util.connection, "create_connection"),
        address=lambda address, *rest, **more: address[0],
        nobody_there=ConnectionRefusedError("nobody there"),
    ),
]

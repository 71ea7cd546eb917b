"""Bodies that come late, in part or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from tests.hub.exchange import Reply, Request
from tests.hub.faults.base import Fault

if TYPE_CHECKING:
    from tests.hub.server import Hub


@dataclass
class Delay(Fault):
    """Waits before it answers; clearing the faults ends the wait."""

    seconds: float
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    def answer(self, hub: Hub, request: Request) -> None:
        self.over.wait(self.seconds)


@dataclass
class Drip(Fault):
    """Sends the body a few bytes at a time."""

    bytes_at_once: int = 1
    seconds: float = 1.0
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        reply.body = self._drops(reply.body)
        return reply

    def _drops(self, body: Iterable[bytes]) -> Iterator[bytes]:
        for data in body:
            for start in range(0, len(data), self.bytes_at_once):
                self.over.wait(self.seconds)
                yield data[start : start + self.bytes_at_once]


@dataclass
class Pause(Fault):
    """Holds a reply before its head, or where more than ``after_bytes`` of it would be sent."""

    after_bytes: int = 0
    reached: threading.Event = field(default_factory=threading.Event, repr=False)
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        if self.after_bytes and request.method != "HEAD":
            reply.body = self._halved(reply.body)
        else:
            self._hold()
        return reply

    def wait_until_reached(self, timeout: float = 30) -> None:
        """Return once a client stands here; TimeoutError when none comes."""
        if not self.reached.wait(timeout):
            raise TimeoutError(f"no request was paused within {timeout} s")

    def release(self) -> None:
        self.over.set()

    def _halved(self, body: Iterable[bytes]) -> Iterator[bytes]:
        for piece, is_before in _cut(body, self.after_bytes):
            if not is_before and not self.reached.is_set():
                self._hold()
            yield piece

    def _hold(self) -> None:
        self.reached.set()
        self.over.wait()


@dataclass
class HangUp(Fault):
    """Resets the connection without a word."""

    def answer(self, hub: Hub, request: Request) -> Reply:
        return Reply(hangs_up=True)


@dataclass
class Truncate(Fault):
    """Announces the whole body and sends only its first bytes."""

    keep_bytes: int = 10

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        reply.body, reply.closes = _start(reply.body, self.keep_bytes), True
        return reply


@dataclass
class Unfinished(Fault):
    """Sends a chunked body and hangs up before the last chunk."""

    keep_bytes: int = 10

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        body = _start(reply.body, self.keep_bytes)
        reply.body, reply.length, reply.closes = body, None, True
        return reply


@dataclass
class Longer(Fault):
    """Sends more than there is; ``announced`` says whether Content-Length admits it."""

    extra_bytes: int = 1024
    announced: bool = True

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        length = reply.length
        reply.write(reply.read() + b"x" * self.extra_bytes)
        if not self.announced:
            reply.length, reply.closes = length, True
        return reply


@dataclass
class Corrupt(Fault):
    """Flips one byte and keeps the length."""

    offset: int = 0

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        data = bytearray(reply.read())
        if data:
            data[self.offset % len(data)] ^= 0xFF
            reply.write(bytes(data))
        return reply


def _start(body: Iterable[bytes], size: int) -> Iterator[bytes]:
    return (piece for piece, _ in takewhile(lambda cut: cut[1], _cut(body, size)))


def _cut(body: Iterable[bytes], at: int) -> Iterator[tuple[bytes, bool]]:
    """The pieces of a body, none of them across byte ``at``; True with those before it."""
    for data in body:
        head, tail = data[:at], data[at:]
        at -= len(head)
        if head:
            yield head, True
        if tail:
            yield tail, False

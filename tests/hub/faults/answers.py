"""Answers that refuse, mislead or make no sense."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.hub.exchange import Reply, Request, bytes_reply, error_reply, html_reply
from tests.hub.faults.base import Fault

if TYPE_CHECKING:
    from tests.hub.server import Hub


LOGIN_PAGE = """<!doctype html><html><head><title>Sign in</title></head>
<body><h1>Welcome to the guest network</h1>
<form action="/login"><input name="user"></form></body></html>"""


@dataclass
class Status(Fault):
    """Refuses; ``retry_after`` is sent as it is written, be it seconds, a date or nonsense."""

    status: int
    retry_after: str | int | None = None
    code: str = ""
    message: str = ""

    def answer(self, hub: Hub, request: Request) -> Reply:
        headers = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 429:
            headers["RateLimit"] = '"api";r=0;t=55'
            headers["RateLimit-Policy"] = '"fixed window";"api";q=500;w=300'
        return error_reply(self.status, self.code, self.message, headers)


@dataclass
class Gated(Fault):
    """Refuses as the Hub does for a model whose terms were not accepted."""

    message: str = "Access to this model is restricted. Visit its page to ask for access."

    def answer(self, hub: Hub, request: Request) -> Reply:
        return error_reply(403, "GatedRepo", self.message)


@dataclass
class InvalidJson(Fault):
    """Stops in the middle of the JSON, with a length that fits."""

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        data = reply.read()
        reply.write(data[: len(data) // 2] or b"{")
        return reply


@dataclass
class DeepJson(Fault):
    """Nests lists deeper than parsers like."""

    depth: int = 100_000

    def answer(self, hub: Hub, request: Request) -> Reply:
        return bytes_reply(b"[" * self.depth + b"]" * self.depth, "application/json")


@dataclass
class GzipBomb(Fault):
    """Says little that unpacks to much."""

    unpacked_bytes: int = 50_000_000

    def answer(self, hub: Hub, request: Request) -> Reply:
        packed = gzip.compress(b"[" + b" " * self.unpacked_bytes + b"]", mtime=0)
        return bytes_reply(packed, "application/json", headers={"Content-Encoding": "gzip"})


@dataclass
class LoginPage(Fault):
    """Answers 200 with somebody's sign-in page, as hotel networks do."""

    def answer(self, hub: Hub, request: Request) -> Reply:
        return html_reply(LOGIN_PAGE)


@dataclass
class Headers(Fault):
    """Sets headers, or removes those whose value is None."""

    values: dict[str, str | None]

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        merged = reply.headers | self.values
        reply.headers = {name: value for name, value in merged.items() if value is not None}
        return reply


@dataclass
class Redirect(Fault):
    """Sends the client elsewhere and keeps the headers that describe the file."""

    to: str
    status: int = 302

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        return Reply(self.status, reply.headers | {"Location": self.to})


@dataclass
class RedirectLoop(Fault):
    """Sends the client around for ever, each time to a new address."""

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        hop = int(request.query("hop") or 0) + 1
        return Reply(302, reply.headers | {"Location": f"{hub.url}{request.raw_path}?hop={hop}"})


@dataclass
class PagingLoop(Fault):
    """Names the page itself as the next page."""

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        reply.headers["Link"] = f'<{hub.url}{request.target}>; rel="next"'
        return reply

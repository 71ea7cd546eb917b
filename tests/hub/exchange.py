"""One request and one reply, as values that routes make and faults change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

CHUNK_BYTES = 64 * 1024


@dataclass
class Request:
    method: str
    target: str  # as it stood on the request line
    headers: Mapping[str, str]
    body: bytes = b""
    port: int = 0
    status: int = 0  # of the reply, 0 while there is none

    @property
    def raw_path(self) -> str:
        """Still percent-encoded, because a revision may hold an encoded slash."""
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        return unquote(self.raw_path)

    @property
    def query_string(self) -> str:
        return urlsplit(self.target).query

    def query(self, name: str, default: str = "") -> str:
        return parse_qs(self.query_string).get(name, [default])[-1]

    def queries(self, name: str) -> list[str]:
        return parse_qs(self.query_string).get(name, [])

    def flag(self, name: str) -> bool:
        return self.query(name).lower() in {"true", "1"}


@dataclass
class Reply:
    """An answer; ``length`` is the Content-Length it claims, None sends chunks without one."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()
    length: int | None = 0
    closes: bool = False  # hang up after the body, as a broken server does
    hangs_up: bool = False  # hang up instead of answering

    def read(self) -> bytes:
        return b"".join(self.body)

    def write(self, data: bytes) -> None:
        self.body, self.length = (data,), len(data)


def json_reply(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    text = json.dumps(data, default=str).encode()
    return bytes_reply(text, "application/json; charset=utf-8", status, headers)


def html_reply(text: str, status: int = 200) -> Reply:
    return bytes_reply(text.encode(), "text/html; charset=utf-8", status)


def bytes_reply(
    data: bytes,
    content_type: str = "application/octet-stream",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    return Reply(status, {"Content-Type": content_type} | dict(headers or {}), (data,), len(data))


def error_reply(
    status: int, code: str = "", message: str = "", headers: Mapping[str, str] | None = None
) -> Reply:
    """A refusal in the Hub's manner: the headers carry it, since HEAD has no body."""
    said = {"X-Error-Code": code} if code else {}
    if message:
        said["X-Error-Message"] = message
    return json_reply({"error": message or code}, status, said | dict(headers or {}))


def content_reply(source: bytes | Path, size: int, wanted: str, headers: dict[str, str]) -> Reply:
    """Bytes with ``Range`` honoured: 206 for a part, 416 where nothing is left."""
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"} | headers
    span = _span(wanted, size)
    if span is None:
        return Reply(416, headers | {"Content-Range": f"bytes */{size}"})
    start, stop = span
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 206 if wanted else 200
    return Reply(status, headers, _part(source, start, stop), stop - start)


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    unit, _, text = wanted.partition("=")
    if not wanted:
        return 0, size
    first, dash, last = text.partition("-")
    if unit.strip() != "bytes" or not dash or not (first + last).isdigit():
        return None
    if not first:
        return (max(size - int(last), 0), size) if int(last) else None
    stop = min(int(last) + 1, size) if last else size
    return (int(first), stop) if int(first) < stop else None


def _part(source: bytes | Path, start: int, stop: int) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source[start:stop]
        return
    with source.open("rb") as file:
        file.seek(start)
        while start < stop:
            chunk = file.read(min(CHUNK_BYTES, stop - start))
            start += len(chunk)
            yield chunk

"""The bytes of files on the Hub, over its ``/resolve/`` addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import httpx2
from django.conf import settings

from artifacts.facts import Facts, FileFact
from artifacts.sources import bounds, retrying, transport
from artifacts.sources.checkout import CHUNK_BYTES, check_end, listed, measured, naming
from artifacts.sources.errors import SourceBroken, SourceUnavailable
from artifacts.sources.huggingface.repository_urls import TITLE

_A_PART, _NO_SUCH_RANGE = 206, 416


class HubFiles:
    """The files of one commit over ``/resolve/``."""

    def __init__(self, client: httpx2.Client, base: str, facts: Facts) -> None:
        self._client = client
        self._base = f"{base}/resolve/{facts.revision}"
        self._revision = facts.revision
        self._files = {file.path: file for file in facts.files}

    def read(self, path: str) -> Iterator[bytes]:
        file = listed(TITLE, self._files, path)
        yield from measured(TITLE, file, self._resumed(file))

    def _resumed(self, file: FileFact) -> Iterator[bytes]:
        """The bytes of a file; where one transfer breaks off, the next goes on from there."""
        received = 0
        course = retrying.Course()
        for attempt in course.attempts():
            with attempt:
                for chunk in self._from(file, received):
                    received += len(chunk)
                    yield chunk
                    course.goes_on()
                check_end(TITLE, file, received)

    def _from(self, file: FileFact, offset: int) -> Iterator[bytes]:
        """What follows the first ``offset`` bytes, also of a hub that always sends all of them."""
        span = f"bytes={offset}-" if offset else None
        try:
            with self._answer(file.path, span, settings.SOURCE_MAX_FILE_BYTES) as response:
                before = _skipped(response, offset)
                for chunk in response.iter_raw(CHUNK_BYTES):
                    yield chunk[before:]
                    before = max(before - len(chunk), 0)
        except SourceBroken as exc:
            if offset and exc.details.get("status") == _NO_SUCH_RANGE:
                check_end(TITLE, file, offset)
            raise

    def read_part(self, path: str, offset: int, size: int) -> bytes:
        listed(TITLE, self._files, path)
        return retrying.patiently(self._part, path, offset, size)

    def _part(self, path: str, offset: int, size: int) -> bytes:
        span = f"bytes={offset}-{offset + size - 1}"
        with self._answer(path, span, bounds.MAX_ANSWER_BYTES) as response:
            if _skipped(response, offset):
                raise SourceBroken(source=TITLE, reason="it ignores which part was asked for.")
            received = bytearray()
            for chunk in response.iter_raw(CHUNK_BYTES):
                received += chunk
                if len(received) >= size:
                    break
            return bytes(received[:size])

    @contextmanager
    def _answer(self, path: str, span: str | None, limit: int) -> Iterator[httpx2.Response]:
        headers = {"Range": span} if span else {}
        bounded = {transport.LIMIT: limit}
        url = f"{self._base}/{quote(path)}"
        with (
            naming(path),
            self._client.stream("GET", url, headers=headers, extensions=bounded) as response,
        ):
            commits = {r.headers.get("X-Repo-Commit") for r in [*response.history, response]}
            if commits - {None, self._revision}:
                raise SourceBroken(source=TITLE, reason=f"{path} comes from another commit.")
            is_page = response.headers.get("Content-Type", "").startswith("text/html")
            if is_page and not path.lower().endswith((".html", ".htm")):
                raise SourceUnavailable(source=TITLE, reason=f"a web page came in place of {path}.")
            yield response


def _skipped(response: httpx2.Response, offset: int) -> int:
    """How many bytes of the answer come before ``offset``: all of them, or none of a part."""
    if response.status_code != _A_PART:
        return offset
    if not response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
        raise SourceBroken(source=TITLE, reason="it sends another part than was asked for.")
    return 0

"""What every request to the outside keeps to, whichever client sends it."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

import httpx2
from django.conf import settings

if TYPE_CHECKING:
    import ssl

MAX_REDIRECTS = 8
MAX_ANSWER_BYTES = 64 * 1024**2  # a listing of 100,000 files is about 30 MB of JSON
SLOWEST_BYTES_PER_SECOND = 1024

# Addresses of presigned storage are as good as a password; the clients would log each of them.
for name in ("httpx2", "urllib3.connectionpool"):
    logging.getLogger(name).setLevel(logging.WARNING)


@cache
def tls_context() -> ssl.SSLContext:
    """The one context of this process: loading all certificates takes tens of milliseconds."""
    return httpx2.create_ssl_context()


class LowSpeedLimit:
    """The slowest that an answer may be: 1 kB/s, once twice the timeout was waited.

    A timeout per read is not enough, since a byte every few seconds never triggers it.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A new question on the same connection; what its answer waits for counts anew."""
        self._waited, self._received = 0.0, 0

    def count(self, received: int, seconds: float, timeout: float | None) -> None:
        """Note one read and how long it took; TimeoutError where it all is too slow."""
        self._waited += seconds
        self._received += received
        overtime = self._waited - 2 * (timeout or settings.SOURCE_TIMEOUT_SECONDS)
        if overtime > 0 and self._received < self._waited * SLOWEST_BYTES_PER_SECOND:
            raise TimeoutError(f"{self._received} bytes in {self._waited:.0f} s")

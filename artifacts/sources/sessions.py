"""``requests`` within a guard, for all that goes out beside the Hub's own library.

Each hop of a redirect passes the adapter, so each is checked, and connected to at the address
that was checked. Answers are bounded in size, time and redirects, and failures leave in our words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.util import parse_url

from artifacts.sources import retrying
from artifacts.sources.bounds import MAX_ANSWER_BYTES, MAX_REDIRECTS, tls_context
from artifacts.sources.egress import DEFAULT_PORTS, Guard
from artifacts.sources.errors import (
    AddressRefused,
    SourceBroken,
    SourceTooLarge,
    SourceTruncated,
    SourceUnavailable,
)
from artifacts.sources.pinned_connections import pools
from artifacts.sources.refusals import refused

CHUNK_BYTES = 64 * 1024


def session(
    guard: Guard, headers: Mapping[str, str] | None = None, *, max_bytes: int = MAX_ANSWER_BYTES
) -> GuardedSession:
    """A session within ``guard`` whose answers have at most ``max_bytes``."""
    return GuardedSession(guard, headers or {}, max_bytes)


class GuardedSession(requests.Session):
    """A session of one source; headers with a token are dropped when a redirect leaves it."""

    def __init__(self, guard: Guard, headers: Mapping[str, str], max_bytes: int) -> None:
        super().__init__()
        self.guard = guard
        self.trust_env = False  # neither proxies nor credentials of the machine
        self.max_redirects = MAX_REDIRECTS
        self.headers.update(headers)
        self.adapters.clear()
        for scheme in DEFAULT_PORTS:
            self.mount(f"{scheme}://", GuardedAdapter(guard, max_bytes))

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The answer after all redirects; whatever goes wrong is said in our words."""
        source = self.guard.source
        try:
            return super().send(request, **kwargs)
        except requests.exceptions.InvalidSchema as exc:
            raise AddressRefused(
                source=source, address="a place", reason="only https is read."
            ) from exc
        except (requests.RequestException, ValueError) as exc:
            reason = f"its redirects lead nowhere ({type(exc).__name__})."
            raise SourceBroken(source=source, reason=reason) from exc


class GuardedAdapter(HTTPAdapter):
    """Sends each request, also one that a redirect asks for, only where the guard lets it."""

    def __init__(self, guard: Guard, max_bytes: int) -> None:
        self.guard = guard
        self.max_bytes = max_bytes
        super().__init__(pool_connections=4, pool_maxsize=8)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=tls_context())
        self.poolmanager.pool_classes_by_scheme = pools(self.guard)

    def cert_verify(self, conn: Any, *args: Any, **kwargs: Any) -> None:
        """Certificates are those of the one TLS context, and always checked."""
        conn.cert_reqs = "CERT_REQUIRED"

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """The answer, within the limits; what a caller says of TLS and of proxies is ignored."""
        parts = parse_url(request.url or "")
        port = parts.port or DEFAULT_PORTS.get(parts.scheme or "", 0)
        self.guard.check_url(parts.scheme or "", (parts.hostname or "").lower(), port)
        # A compressed answer could unfold to any size, so none is asked for or taken.
        request.headers["Accept-Encoding"] = "identity"
        request.headers.pop("Cookie", None)
        seconds = retrying.patience(kwargs.get("timeout") or settings.SOURCE_TIMEOUT_SECONDS)
        with _our_words(self.guard.source):
            response = super().send(request, stream=kwargs.get("stream", False), timeout=seconds)
        return self._checked(response)

    def _checked(self, response: requests.Response) -> requests.Response:
        source = self.guard.source
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            response.close()
            raise SourceBroken(source=source, reason="a compressed body nobody wanted.")
        if response.status_code >= 400:
            response.close()
            raise refused(source, response)
        response.raw = _BoundedBody(response.raw, source, self.max_bytes)
        return response


class _BoundedBody:
    """The bytes of an answer, no more than ``limit`` of them; in all else what it wraps."""

    def __init__(self, inner: urllib3.HTTPResponse, source: str, limit: int) -> None:
        self._inner = inner
        self._source = source
        self._limit = limit
        self._received = 0

    def stream(self, amt: int = CHUNK_BYTES, **kwargs: Any) -> Iterator[bytes]:
        with _our_words(self._source):
            for chunk in self._inner.stream(amt, decode_content=False):
                yield self._counted(chunk)

    def read(self, amt: int | None = None, **kwargs: Any) -> bytes:
        most = self._limit - self._received + 1
        with _our_words(self._source):
            chunk = self._inner.read(most if amt is None else min(amt, most))
        return self._counted(chunk)

    def _counted(self, chunk: bytes) -> bytes:
        self._received += len(chunk)
        if self._received > self._limit:
            raise SourceTooLarge(
                source=self._source, reason=f"an answer of over {self._limit:,} bytes."
            )
        return chunk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@contextmanager
def _our_words(source: str) -> Iterator[None]:
    """Turn the exceptions of requests and urllib3 into ours."""
    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError) as exc:
        raise SourceUnavailable(source=source, reason="it took too long.") from exc
    except (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError) as exc:
        if _ended_early(exc):
            raise SourceTruncated(source=source, reason="the answer ended early.") from exc
        reason = " ".join(str(exc).split())[:200].rstrip(".") or type(exc).__name__
        raise SourceUnavailable(source=source, reason=f"no connection ({reason}).") from exc


def _ended_early(failure: BaseException) -> bool:
    """Whether a body broke off, which urllib3 says with the reason inside, or in these words."""
    if isinstance(failure, urllib3.exceptions.IncompleteRead):
        return True
    inner = [one for one in failure.args if isinstance(one, BaseException)]
    return "ended prematurely" in str(failure) or any(map(_ended_early, inner))

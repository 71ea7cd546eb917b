"""Sends requests within a guard: bounded in size, time and redirects, failing in our words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2
from django.conf import settings

from artifacts.sources import retrying
from artifacts.sources.bounds import MAX_ANSWER_BYTES, MAX_REDIRECTS, LowSpeedLimit, tls_context
from artifacts.sources.egress import DEFAULT_PORTS, Guard
from artifacts.sources.errors import (
    AddressRefused,
    SourceBroken,
    SourceTooLarge,
    SourceTruncated,
    SourceUnavailable,
)
from artifacts.sources.refusals import refused

LIMIT = "registry.max_bytes"  # the extension of a request that replaces MAX_ANSWER_BYTES


class _Backend(httpcore2.SyncBackend):
    """Connects to the address that was checked, never to the name again."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._guard.addresses(host, port):
            try:
                stream = super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as exc:
                failure = exc
            else:
                return PatientStream(stream)
        raise failure


class PatientStream(httpcore2.NetworkStream):
    """Waits for an answer, but not for one that drips."""

    def __init__(
        self, inner: httpcore2.NetworkStream, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._limit = LowSpeedLimit()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        started = self._clock()
        data = self._inner.read(max_bytes, timeout)
        try:
            self._limit.count(len(data), self._clock() - started, timeout)
        except TimeoutError as exc:
            raise httpcore2.ReadTimeout(str(exc)) from exc
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._limit.begin()  # a new request on a kept connection
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return PatientStream(secured, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Transport(httpx2.BaseTransport):
    """Sends requests of one source within its guard; every trouble leaves in our words."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls_context(),
            max_connections=8,
            max_keepalive_connections=4,
            keepalive_expiry=30,
            network_backend=_Backend(guard),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
        self.guard.check_url(url.scheme, url.host.lower(), port)
        # A compressed answer could unfold to any size, so none is asked for or taken.
        request.headers["Accept-Encoding"] = "identity"
        request.headers.pop("Cookie", None)
        with _our_words(self.guard.source):
            answer = self._pool.handle_request(_core_request(request))
        limit = request.extensions.get(LIMIT, MAX_ANSWER_BYTES)
        body = _Body(answer.stream, self.guard.source, limit)
        response = httpx2.Response(answer.status, headers=answer.headers, stream=body)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            response.close()
            raise SourceBroken(source=self.guard.source, reason="a compressed body nobody wanted.")
        if response.status_code >= 400:
            response.request = request
            response.close()
            raise refused(self.guard.source, response)
        return response

    def close(self) -> None:
        self._pool.close()


def _core_request(request: httpx2.Request) -> httpcore2.Request:
    allowed = request.extensions.get("timeout", {})
    timeout = {what: retrying.patience(seconds) for what, seconds in allowed.items() if seconds}
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions=dict(request.extensions, timeout=timeout),
    )


class _Body(httpx2.SyncByteStream):
    """The bytes of an answer, no more than ``limit`` of them."""

    def __init__(self, stream: Any, source: str, limit: int) -> None:
        self._stream = stream
        self._source = source
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        with _our_words(self._source):
            for chunk in self._stream:
                received += len(chunk)
                if received > self._limit:
                    raise SourceTooLarge(
                        source=self._source, reason=f"an answer of over {self._limit:,} bytes."
                    )
                yield chunk

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


@contextmanager
def _our_words(source: str) -> Iterator[None]:
    """Turn the transport's exceptions into ours."""
    try:
        yield
    except httpcore2.TimeoutException as exc:
        raise SourceUnavailable(source=source, reason="it took too long.") from exc
    except httpcore2.UnsupportedProtocol as exc:
        raise AddressRefused(
            source=source, address="a place", reason="only https is read."
        ) from exc
    except httpcore2.RemoteProtocolError as exc:
        if "complete" in str(exc):  # h11: "closed connection without sending complete message"
            raise SourceTruncated(source=source, reason="the answer ended early.") from exc
        raise SourceUnavailable(source=source, reason=f"{_short(exc)}.") from exc
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as exc:
        raise SourceUnavailable(source=source, reason=f"no connection ({_short(exc)}).") from exc


def _short(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200].rstrip(".") or type(exc).__name__


class GuardedClient(httpx2.Client):
    """A client whose redirects fail in our words, too."""

    def __init__(self, guard: Guard, headers: dict[str, str] | None) -> None:
        super().__init__(
            transport=Transport(guard),
            headers=headers,
            timeout=settings.SOURCE_TIMEOUT_SECONDS,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            trust_env=False,
        )
        self.guard = guard

    def send(self, request: httpx2.Request, **more: Any) -> httpx2.Response:
        with redirected(self.guard.source):
            return super().send(request, **more)


@contextmanager
def redirected(source: str) -> Iterator[None]:
    """Turn what is wrong with redirects, which no transport sees, into our words."""
    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
        reason = f"its redirects lead nowhere ({type(exc).__name__})."
        raise SourceBroken(source=source, reason=reason) from exc


def client(guard: Guard, headers: dict[str, str] | None = None) -> GuardedClient:
    """A client of one source. Headers with a token are dropped when a redirect leaves it."""
    return GuardedClient(guard, headers)

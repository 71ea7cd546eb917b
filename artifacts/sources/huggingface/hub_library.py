"""huggingface_hub, made to speak through our guard and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

import httpx2

from artifacts.sources.bounds import MAX_REDIRECTS, tls_context
from artifacts.sources.transport import Transport

if TYPE_CHECKING:
    from huggingface_hub import HfApi

# The library has one client for the whole process. Ours answers for it only while one of
# our own calls is under way, so that nobody else in the process notices.
_current: ContextVar[httpx2.BaseTransport | None] = ContextVar("transport", default=None)


class _Switch(httpx2.BaseTransport):
    def __init__(self) -> None:
        self._otherwise = httpx2.HTTPTransport(verify=tls_context())

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return (_current.get() or self._otherwise).handle_request(request)


def _client_of_the_library() -> httpx2.Client:
    return httpx2.Client(
        transport=_Switch(),
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        timeout=None,
    )


@contextmanager
def speaking_through(transport: Transport) -> Iterator[None]:
    token = _current.set(transport)
    try:
        yield
    finally:
        _current.reset(token)
        transport.close()


@cache
def _prepared() -> type[HfApi]:
    """The library's client class, imported late (it takes a second) and kept to its job."""
    for name in ("XET", "TELEMETRY", "IMPLICIT_TOKEN", "UPDATE_CHECK"):
        os.environ.setdefault(f"HF_HUB_DISABLE_{name}", "1")
    from huggingface_hub import HfApi, set_client_factory

    set_client_factory(_client_of_the_library)
    return HfApi


def library(endpoint: str, token: str) -> HfApi:
    return _prepared()(endpoint=endpoint, token=token or False)

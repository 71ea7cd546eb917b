"""The one way to have a version ingested, for pages, the API, admin, commands and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from artifacts import sources
from common.jobs import enqueue

_is_left_to_caller: ContextVar[bool] = ContextVar("ingestion_left_to_caller", default=False)


def queue(version_id: int) -> None:
    """Have a version ingested after the commit: by a worker, or in synchronous mode at once.

    At once is before the caller goes on, who then reads from the row how it ended.
    """
    if _is_left_to_caller.get():
        return
    if settings.INGESTION_SYNC:
        # robust: what goes wrong there is on its own row and in the log
        transaction.on_commit(lambda: _ingest_while_somebody_waits(version_id), robust=True)
    else:
        enqueue(settings.INGESTION_JOB, version_id)


def ingest(version_id: int) -> None:
    """Do what a worker would, here and now."""
    import_string(settings.INGESTION_JOB)(version_id)


@contextmanager
def left_to_caller() -> Iterator[None]:
    """What is queued meanwhile stays PENDING, for a caller that sees to it by ``ingest``."""
    mark = _is_left_to_caller.set(True)
    try:
        yield
    finally:
        _is_left_to_caller.reset(mark)


def _ingest_while_somebody_waits(version_id: int) -> None:
    with sources.limited_waiting():
        ingest(version_id)

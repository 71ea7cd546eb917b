"""Somebody at work: the queue's tasks, one after the other, in a thread of the tests.

A process of its own would keep the ids of content types, which change whenever a test empties
the tables. What a worker process does is proven where nothing is emptied.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils.module_loading import import_string
from django_q.models import OrmQ

logger = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Does what is queued, in the order of asking, until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopped = threading.Event()

    def run(self) -> None:
        try:
            while not self.stopped.wait(0.1):
                for waiting in OrmQ.objects.order_by("pk"):
                    waiting.delete()
                    self._do(waiting.task)
        finally:
            connection.close()

    def _do(self, task: dict) -> None:
        try:
            import_string(task["func"])(*task["args"])
        except Exception:
            logger.exception("%s failed", task["func"])


@pytest.fixture
def worker(outside, files, transactional_db) -> Iterator[object]:
    """The local hub, with somebody at work who fetches from it what is registered."""
    thread = Worker()
    thread.start()
    yield outside
    thread.stopped.set()
    thread.join(timeout=60)

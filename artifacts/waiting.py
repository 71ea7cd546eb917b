"""Waiting for an ingestion without using up the server's threads."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings

from common import waiting_threads

FEWEST_THREADS = 4  # of a process; with fewer nobody waits for what may be asked for again


def wait_until(is_over: Callable[[], bool]) -> bool:
    """Poll ``is_over`` until it is true or ``RATING_WAIT_TIMEOUT_SECONDS`` are gone.

    Answers at once, with what is true now, when too many others of this process wait.
    """
    if is_over():
        return True
    may_wait = settings.RATING_WAIT_TIMEOUT_SECONDS > 0 and settings.WEB_THREADS >= FEWEST_THREADS
    if not may_wait or not waiting_threads.take_place():
        return False
    try:
        deadline = time.monotonic() + settings.RATING_WAIT_TIMEOUT_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(settings.RATING_WAIT_POLL_SECONDS, left))
            if is_over():
                return True
        return False
    finally:
        waiting_threads.give_place_back()

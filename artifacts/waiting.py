"""Waiting for an ingestion without using up the server's threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.conf import settings

# A quarter of the threads of each process may wait; everybody else is told to come back.
PLACES = settings.WEB_THREADS // 4
_places = threading.BoundedSemaphore(PLACES)


def wait_until(is_over: Callable[[], bool]) -> bool:
    """Poll ``is_over`` until it is true or ``RATING_WAIT_TIMEOUT_SECONDS`` are gone.

    Answers at once, with what is true now, when too many others of this process wait. With
    fewer than four threads nobody waits.
    """
    if is_over():
        return True
    if settings.RATING_WAIT_TIMEOUT_SECONDS <= 0 or not _places.acquire(blocking=False):
        return False
    try:
        deadline = time.monotonic() + settings.RATING_WAIT_TIMEOUT_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(settings.RATING_WAIT_POLL_SECONDS, left))
            if is_over():
                return True
        return False
    finally:
        _places.release()

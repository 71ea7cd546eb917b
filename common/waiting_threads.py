"""One bound on the threads of a process that wait, so that the others answer everybody else.

Whoever keeps a request waiting takes a place here first: for an ingestion that has not ended, for
a source that is asked, for a search that takes long.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from common.errors import RegistryError

# With fewer than four threads one may still wait, for what has no answer without it.
PLACES = max(1, settings.WEB_THREADS // 4)
_places = threading.BoundedSemaphore(PLACES)


def take_place() -> bool:
    """Whether there was a place left; whoever got it gives it back."""
    return _places.acquire(blocking=False)


def give_place_back() -> None:
    _places.release()


@contextmanager
def place(otherwise: RegistryError) -> Iterator[None]:
    """A place for as long as the block lasts; raises ``otherwise`` when all are taken."""
    if not take_place():
        raise otherwise
    try:
        yield
    finally:
        give_place_back()

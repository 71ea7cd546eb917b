"""Being stopped: Ctrl-C, SIGTERM, or the end of the time that was given."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)


class Stop:
    """Whether this run was asked to stop, and by what."""

    number: int = 0

    def check(self) -> None:
        """Raise KeyboardInterrupt once more: somebody may have swallowed the first one."""
        if self.number:
            raise KeyboardInterrupt

    @property
    def is_timeout(self) -> bool:
        return self.number == signal.SIGALRM


@contextmanager
def stoppable(timeout_seconds: float = 0) -> Iterator[Stop]:
    """The first signal raises KeyboardInterrupt in the block; a second one ends the process.

    Only the main thread can be interrupted; elsewhere nothing changes.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    timer = signal.getitimer(signal.ITIMER_REAL)

    def restore() -> None:
        if timeout_seconds:
            signal.setitimer(signal.ITIMER_REAL, *timer)
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.number = number
        restore()
        raise KeyboardInterrupt

    for number in SIGNALS:
        signal.signal(number, on_signal)
    if timeout_seconds:
        signal.setitimer(signal.ITIMER_REAL, timeout_seconds)
    try:
        yield stop
    finally:
        restore()

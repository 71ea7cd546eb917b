"""One quick request at a time in each process, because Python runs one thread at a time anyway.

With eight threads awake, every short wait for a file or the database hands the interpreter to
another thread and has to win it back, which costs more than the work between two such waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def in_turn(application: Application, patience_seconds: float = 0.01) -> Application:
    """``application``, called by one thread at a time for as long as that is quick.

    Whoever has waited for ``patience_seconds`` takes the turn from the one who has it, and both go
    on: nothing slow can hold up more than one other, and that one for no longer. Sending the
    body of an answer is nobody's turn.
    """
    turn = threading.Lock()
    holder: object = None

    def called(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal holder
        turn.acquire(timeout=patience_seconds)
        # Without the lock these lines may meet those of another thread. Then two run at once, or
        # the next one waits in vain: both end by themselves.
        mine = holder = object()
        try:
            return application(environ, start_response)
        finally:
            if holder is mine:
                with suppress(RuntimeError):  # somebody was quicker
                    turn.release()

    return called

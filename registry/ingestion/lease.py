"""Working on a version: the claim, the heartbeat, the notes on the row."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Any, Self

from django.db import close_old_connections, connection, transaction
from django.db.utils import OperationalError
from django.utils.timezone import now

from artifacts.models import State, Version, new_note

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
PROGRESS_SECONDS = 0.5


class LostClaim(Exception):
    """Somebody else works on this version now, or it is gone."""


class Lease:
    """A claimed version, for as long as the block runs.

    Every write names the claim, so a worker that was given up on changes nothing. A thread
    writes a heartbeat while a step takes long.
    """

    def __init__(self, version: Version) -> None:
        self.version = version
        self._done = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._last_progress = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join(timeout=30)

    def _mine(self) -> Any:
        return Version.objects.filter(pk=self.version.pk, claim=self.version.claim)

    def _beat(self) -> None:
        try:
            while not self._done.wait(HEARTBEAT_SECONDS):
                try:
                    if not self._mine().update(heartbeat=now()):
                        self._lost.set()
                        return
                except OperationalError:  # the next beat may get through; the fence holds anyway
                    logger.warning("no heartbeat for version %s", self.version.pk)
                    close_old_connections()
        finally:
            connection.close()

    def write(self, **fields: Any) -> None:
        """Write progress or facts on the row; raises LostClaim."""
        if self._lost.is_set() or not self._mine().update(heartbeat=now(), **fields):
            raise LostClaim(self.version.pk)
        for name, value in fields.items():
            setattr(self.version, name, value)

    def progress(self, **fields: Any) -> None:
        """Like ``write``, but at most twice a second: for counters that move quickly."""
        if time.monotonic() - self._last_progress >= PROGRESS_SECONDS:
            self._last_progress = time.monotonic()
            self.write(**fields)

    def note(self, text: str) -> None:
        """Add one sentence to the log that a person can read on the version's page."""
        self.write(notes=[*self.version.notes, new_note(text)])

    def change(self, state: State, **fields: Any) -> None:
        """Move to ``state`` through save(), so that the audit trail sees it; raises LostClaim."""
        with transaction.atomic():
            held = self._mine().select_for_update().light().first()
            if held is None:
                raise LostClaim(self.version.pk)
            held.state = state
            for name, value in fields.items():
                setattr(held, name, value)
            held.save(update_fields=["state", *fields])
        self.version.state = state
        for name, value in fields.items():
            setattr(self.version, name, value)

    def end(self, state: State, *, reason: str, code: str, is_retryable: bool) -> None:
        """Finish without publishing: the reader deserves the reason."""
        self.change(
            state,
            reason=reason,
            reason_code=code,
            is_retryable=is_retryable,
            finished=now(),
            claim="",
        )

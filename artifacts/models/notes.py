"""The log of a version: what the pipeline did, in words, with times."""

from __future__ import annotations

from typing import TypedDict

from django.utils.timezone import now


class Note(TypedDict):
    """One entry of ``Version.notes``."""

    at: str  # ISO 8601 with its offset, to the second
    text: str  # one sentence


def new_note(text: str) -> Note:
    """An entry that says ``text`` now."""
    return Note(at=now().isoformat(timespec="seconds"), text=text)

"""That something was rated belongs to the trail of the artifact."""

from __future__ import annotations

from typing import Any

from artifacts import audit_actions
from ratings.models import Rating


def note_rating(sender: type[Rating], instance: Rating, *, created: bool, **kwargs: Any) -> None:
    """Receives ``post_save``: one entry for each new rating, none for anything later."""
    if created and not kwargs.get("raw"):
        version = instance.version
        audit_actions.record(
            version.artifact,
            "RATE",
            version=version.number,
            rating=instance.pk,
            net_score=instance.net_score,
            passed=instance.verdict.get("passed"),
        )

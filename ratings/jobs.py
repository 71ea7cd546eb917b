"""Measuring again what is published, for as many as an operator chooses."""

from __future__ import annotations

from artifacts.errors import NotReady
from artifacts.models import State, Version
from common.jobs import enqueue
from ratings import services


def request_rating(version: Version) -> None:
    """Have a READY version measured again, after the commit; raises NotReady."""
    if version.state != State.READY:
        raise NotReady(what=version.artifact.name, state=version.get_state_display().lower())
    enqueue("ratings.jobs.run_rating", version.pk)


def run_rating(version_id: int) -> None:
    """Measure one version from its stored facts. Safe to run twice: the newer rating counts."""
    version = Version.objects.select_related("artifact").filter(pk=version_id).first()
    if version is not None and version.state == State.READY:
        services.rate_again(version)

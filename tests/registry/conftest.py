"""The whole pipeline on the local hub, in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.audit.actors import acting_as
from artifacts import services
from artifacts.models import Version
from registry.ingestion import ingest, lease
from tests.hub.content import Made


@pytest.fixture
def pipeline(db, outside, files, monkeypatch):
    """The local hub and an empty store; signs of life would need a second connection."""
    monkeypatch.setattr(lease, "HEARTBEAT_SECONDS", 3600.0)
    return outside


@pytest.fixture
def register(pipeline, alice) -> Callable[..., Version]:
    """Alice registers what was made for the hub; nothing is ingested yet."""

    def run(made: Made, **more) -> Version:
        type_ = {"models": "model", "datasets": "dataset", "github": "code"}[made.kind]
        with acting_as(alice):  # a request does the same
            return services.register(url=made.url, type=type_, owner=alice, **more)

    return run


@pytest.fixture
def bring(register) -> Callable[..., Version]:
    """Register and ingest, as a worker does."""

    def run(made: Made, **more) -> Version:
        return carry(register(made, **more))

    return run


def carry(version: Version) -> Version:
    ingest(version.pk)
    return Version.objects.select_related("artifact").get(pk=version.pk)

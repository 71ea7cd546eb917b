"""Fixtures that give a test its hub. ``tests/conftest.py`` imports them all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.content import Demo, make_demo
from tests.hub.server import Hub

__all__ = ["demo_content", "hub", "hub_root", "hub_server", "outside"]

# huggingface_hub reads these when it is imported, so they are set before any test imports it.
for name in ("DISABLE_XET", "DISABLE_TELEMETRY", "DISABLE_IMPLICIT_TOKEN", "DISABLE_UPDATE_CHECK"):
    os.environ.setdefault(f"HF_HUB_{name}", "1")


@pytest.fixture(scope="session")
def hub_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="session")
def hub_server(hub_root: Path) -> Iterator[Hub]:
    """The one server of this run. Tests ask for ``hub``: this one with clean switches."""
    with Hub(hub_root) as server:
        yield server


@pytest.fixture
def hub(hub_server: Hub) -> Iterator[Hub]:
    """A hub without faults, whose request log is empty."""
    hub_server.reset()
    yield hub_server
    hub_server.reset()


@pytest.fixture(scope="session")
def demo_content(hub_root: Path) -> Demo:
    """Every artifact of ``tests/hub/content``, on the hub of this run. Read only."""
    return make_demo(hub_root)


@pytest.fixture
def outside(settings, hub: Hub) -> Hub:
    """The local hub, as the only outside there is."""
    settings.HF_ENDPOINT = hub.hf_endpoint
    settings.GITHUB_URL = hub.github_url
    settings.GITHUB_API_URL = hub.github_api_url
    settings.HUGGINGFACE_HUB_TOKEN = settings.GITHUB_TOKEN = ""
    settings.SOURCE_ALLOWED_HOSTS = []
    settings.SOURCE_ALLOW_HTTP = True
    settings.SOURCE_TIMEOUT_SECONDS = 5.0
    return hub

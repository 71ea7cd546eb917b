"""Fixtures that give a test its storage. ``tests/conftest.py`` imports them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from artifacts.storage import ArtifactStorage, artifact_storage
from tests.services.seaweedfs import SeaweedFS

__all__ = ["files", "s3", "s3_server", "store"]


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """The one S3 server of this run."""
    server = SeaweedFS(tmp_path_factory.mktemp("seaweedfs"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def files(settings, tmp_path: Path) -> ArtifactStorage:
    """An empty directory as the store."""
    _configure(
        settings,
        tmp_path,
        "artifacts.storage.file_store.FileArtifactStorage",
        {
            "location": tmp_path / "storage",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    )
    return artifact_storage()


@pytest.fixture
def s3(settings, tmp_path: Path, s3_server: SeaweedFS) -> Iterator[ArtifactStorage]:
    """An empty bucket as the store."""
    options = s3_server.storage_options()
    _configure(settings, tmp_path, "artifacts.storage.s3.S3ArtifactStorage", options)
    yield artifact_storage()
    s3_server.empty()


@pytest.fixture(params=["files", pytest.param("s3", marks=pytest.mark.service)])
def store(request: pytest.FixtureRequest) -> ArtifactStorage:
    """Each test that asks for it runs twice: with files, and with a real S3 server."""
    return request.getfixturevalue(request.param)


def _configure(settings, tmp_path: Path, backend: str, options: dict) -> None:
    settings.UPLOAD_DIR = tmp_path / "storage"
    settings.STORAGES = {
        **settings.STORAGES,
        "artifacts": {"BACKEND": backend, "OPTIONS": options},
    }

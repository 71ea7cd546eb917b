"""Bytes as files under one directory of this machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import FileSystemStorage

from artifacts.storage.disk import (
    disk_trouble_explained,
    private_directory,
    remove_old_files,
    scratch_file,
    write_all,
)
from artifacts.storage.errors import ObjectMissing
from artifacts.storage.interface import CHUNK_BYTES, ArtifactStorage, Settle, StoredObject


class FileArtifactStorage(ArtifactStorage, FileSystemStorage):
    """Files that appear by an atomic rename, after their bytes have reached the disk."""

    @property
    def root(self) -> Path:
        return Path(self.location)

    @property
    def scratch(self) -> Path:
        # beside the objects, because a rename never crosses a file system
        return self.root / "tmp"

    def path_of(self, key: str) -> Path:
        return self.root / key

    def put(
        self, chunks: Iterable[bytes], settle: Settle, *, size_bytes: int, key: str = ""
    ) -> None:
        with scratch_file(self.scratch) as (file, path):
            write_all(file, chunks)
            key = settle()
            if self.stored_size(key) == size_bytes:
                return
            target = self.path_of(key)
            with disk_trouble_explained():
                os.fsync(file.fileno())
                private_directory(target.parent)
                path.replace(target)
                _sync_directory(target.parent)

    def stream(self, key: str, *, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        try:
            with disk_trouble_explained():
                file = self.path_of(key).open("rb")
        except FileNotFoundError:
            raise ObjectMissing(key=key) from None
        return _read(file, start, size_bytes)

    def stored_size(self, key: str) -> int | None:
        try:
            with disk_trouble_explained():
                return self.path_of(key).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        with disk_trouble_explained():
            self.path_of(key).unlink(missing_ok=True)

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        for folder, _, names in os.walk(self.root / prefix):
            for name in names:
                path = Path(folder) / name
                with contextlib.suppress(FileNotFoundError):
                    stat = path.stat()
                    yield StoredObject(
                        key=path.relative_to(self.root).as_posix(),
                        size_bytes=stat.st_size,
                        modified=datetime.fromtimestamp(stat.st_mtime, UTC),
                    )

    def set_aside(self, key: str) -> None:
        with disk_trouble_explained():
            target = self.root / "damaged" / Path(key).name
            private_directory(target.parent)
            self.path_of(key).replace(target)

    def clean_temp(self, older_than: datetime) -> int:
        return remove_old_files(self.scratch, older_than)


def _read(file: BinaryIO, start: int, size_bytes: int | None) -> Iterator[bytes]:
    with file as opened, disk_trouble_explained():
        opened.seek(start)
        left = size_bytes
        while left is None or left > 0:
            chunk = opened.read(CHUNK_BYTES if left is None else min(left, CHUNK_BYTES))
            if not chunk:
                return
            left = None if left is None else left - len(chunk)
            yield chunk


def _sync_directory(path: Path) -> None:
    """A rename survives a power cut only once its directory is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

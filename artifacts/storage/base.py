"""What every store of bytes can do, and where in it an object lives."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.utils.timezone import now

from artifacts.storage.errors import StorageUnavailable

CHUNK_BYTES = 1024**2
JUST_BEGUN = timedelta(seconds=2)  # a file that is being made may not have its lock yet
SHA256 = re.compile(r"[0-9a-f]{64}")

# Called when all bytes have passed, before they become visible; says where they belong.
Settle = Callable[[], str]


def blob_key(sha256: str) -> str:
    """Where the bytes with this digest live. Nothing but a digest ever becomes a key."""
    if not SHA256.fullmatch(sha256):
        raise ValueError("Not a sha256.")
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def bundle_key(manifest_sha256: str) -> str:
    """Where the bundle of the versions with this manifest lives."""
    if not SHA256.fullmatch(manifest_sha256):
        raise ValueError("Not a sha256.")
    return f"bundles/{manifest_sha256[:2]}/{manifest_sha256}.zip"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a listing of the storage says about one object."""

    key: str
    size_bytes: int
    modified: datetime

    @property
    def name(self) -> str:
        """The digest in the key."""
        return self.key.rsplit("/", 1)[-1].removesuffix(".zip")


class ArtifactStorage(ABC):
    """Objects that appear whole or not at all, and never change."""

    @abstractmethod
    def put(
        self, chunks: Iterable[bytes], settle: Settle, *, size_bytes: int, key: str = ""
    ) -> None:
        """Make the object visible once ``chunks`` has ended; if anything raises, nothing happened.

        Where the key is known beforehand, ``key`` may spare a store a copy. An object that is
        there already stays as it is.
        """

    @abstractmethod
    def stream(self, key: str, *, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` on, never more than a chunk in memory; ObjectMissing."""

    @abstractmethod
    def stored_size(self, key: str) -> int | None:
        """How many bytes the object has; None where there is none."""

    @abstractmethod
    def remove(self, key: str) -> None:
        """After this the object is not there, whether or not it was before."""

    @abstractmethod
    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """Every object under ``blobs`` or ``bundles``, a page at a time."""

    @abstractmethod
    def set_aside(self, key: str) -> None:
        """Move a damaged object to ``damaged/``, so that its bytes can be stored again."""

    @abstractmethod
    def clean_temp(self, older_than: datetime) -> int:
        """Remove what killed workers left behind; returns how many things that were."""

    def path_of(self, key: str) -> Path | None:
        """The file behind the object, where a store keeps files."""
        return None

    def link(self, key: str, *, filename: str, seconds: int) -> str | None:
        """An address that serves just this object for so long, where the store can do that."""
        return None


@contextlib.contextmanager
def disk_trouble_explained() -> Iterator[None]:
    """Turns what a full or broken disk says into a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as exc:
        reasons = {
            errno.ENOSPC: "no space is left on the disk",
            errno.EDQUOT: "the disk quota is used up",
            errno.EROFS: "the disk is read-only",
            errno.EMFILE: "too many files are open",
        }
        reason = reasons.get(exc.errno or 0, os.strerror(exc.errno) if exc.errno else str(exc))
        raise StorageUnavailable(reason=reason) from exc


def private_directory(path: Path) -> Path:
    """``path``, made where needed, readable by nobody else at every level that was made."""
    missing = [path]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=0o700)
    return path


@contextlib.contextmanager
def scratch_file(directory: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new private file that is gone afterwards unless it was moved away."""
    with disk_trouble_explained():
        path = private_directory(directory) / uuid.uuid4().hex
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)  # until the file is closed, or its process is gone
    try:
        with os.fdopen(handle, "w+b", buffering=0) as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def write_all(file: BinaryIO, chunks: Iterable[bytes]) -> None:
    """Write ``chunks``; trouble of the disk is explained, trouble of their origin passes."""
    for chunk in chunks:
        with disk_trouble_explained():
            view = memoryview(chunk)
            while view:
                view = view[file.write(view) :]


def remove_old_files(directory: Path, older_than: datetime) -> int:
    """Delete the files of ``directory`` that are as old as that, or whose writer is gone."""
    removed = 0
    if not directory.is_dir():
        return removed
    for path in directory.iterdir():
        with contextlib.suppress(FileNotFoundError):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if written < older_than or (_is_abandoned(path) and written < now() - JUST_BEGUN):
                path.unlink()
                removed += 1
    return removed


def _is_abandoned(path: Path) -> bool:
    """Whether no living process holds the lock that ``scratch_file`` takes."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True

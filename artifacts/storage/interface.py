"""What every store of bytes can do, and where in it an object lives."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

CHUNK_BYTES = 1024**2
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

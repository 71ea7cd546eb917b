"""Blobs: bytes that arrive, are checked while they pass, and are kept once."""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from django.core.files.storage import storages

from artifacts.models import Blob
from artifacts.storage.errors import DigestMismatch, SizeMismatch, StorageUnavailable
from artifacts.storage.interface import SHA256, ArtifactStorage, blob_key
from common.digest import Digester


def artifact_storage() -> ArtifactStorage:
    """The store that the settings name, files or S3."""
    return cast(ArtifactStorage, storages["artifacts"])


class Passage:
    """Counts, digests and judges bytes while they pass by."""

    def __init__(self, size_bytes: int, on_progress: Callable[[int], None]) -> None:
        self.digester = Digester(size_bytes)
        self.crc32 = 0
        self.on_progress = on_progress

    def watch(
        self, chunks: Iterable[bytes], *, expected_sha256: str, expected_git_sha1: str
    ) -> Iterator[bytes]:
        """The same chunks; raises before the end where they are not what was promised."""
        digester = self.digester
        for chunk in chunks:
            digester.update(chunk)
            self.crc32 = zlib.crc32(chunk, self.crc32)
            if digester.seen_bytes > digester.size_bytes:
                break
            self.on_progress(digester.seen_bytes)
            yield chunk
        if digester.seen_bytes != digester.size_bytes:
            raise SizeMismatch(expected=digester.size_bytes, actual=digester.seen_bytes)
        if expected_sha256 and digester.sha256 != expected_sha256:
            raise DigestMismatch(expected=expected_sha256, actual=digester.sha256)
        if expected_git_sha1 and digester.git_sha1 != expected_git_sha1:
            raise DigestMismatch(expected=expected_git_sha1, actual=digester.git_sha1)


def _nothing(seen_bytes: int) -> None:
    """Nobody waits for news."""


def store_blob(
    chunks: Iterable[bytes],
    *,
    size_bytes: int,
    expected_sha256: str = "",
    expected_git_sha1: str = "",
    on_progress: Callable[[int], None] = _nothing,
) -> Blob:
    """Keep the bytes under their digest, unless they are there; they are read once.

    ``on_progress`` hears how many bytes have passed. Raises SizeMismatch, DigestMismatch or
    StorageUnavailable, and then nothing became visible.
    """
    passage = Passage(size_bytes, on_progress)
    rows: list[Blob] = []

    def settle() -> str:
        """The row comes first: a blob with a fresh row is safe from the sweeper."""
        rows.append(_revive(passage))
        return blob_key(passage.digester.sha256)

    watched = passage.watch(
        chunks, expected_sha256=expected_sha256, expected_git_sha1=expected_git_sha1
    )
    is_digest = SHA256.fullmatch(expected_sha256)  # a source may promise anything
    key = blob_key(expected_sha256) if is_digest else ""
    artifact_storage().put(watched, settle, size_bytes=size_bytes, key=key)
    return rows[0]


def _revive(passage: Passage) -> Blob:
    digester = passage.digester
    blob, _ = Blob.objects.update_or_create(
        sha256=digester.sha256,
        defaults={
            "git_sha1": digester.git_sha1,
            "crc32": passage.crc32,
            "size_bytes": digester.size_bytes,
            "orphaned": None,
        },
    )
    return blob


def have_blob(sha256: str, *, size_bytes: int | None = None) -> Blob | None:
    """The blob with this digest, if its bytes are there and nothing needs to be transferred.

    Found, it is safe from the sweeper for a grace period. A size that differs from the
    promised one is no match.
    """
    if not Blob.objects.filter(sha256=sha256).exclude(git_sha1="").update(orphaned=None):
        return None
    blob = Blob.objects.get(sha256=sha256)
    if size_bytes is not None and blob.size_bytes != size_bytes:
        return None
    stored = artifact_storage().stored_size(blob_key(sha256))
    return blob if stored == blob.size_bytes else None


def open_blob(blob: Blob) -> Iterator[bytes]:
    """The bytes of ``blob``, a chunk at a time; ObjectMissing, StorageUnavailable."""
    return artifact_storage().stream(blob_key(blob.sha256))


def read_range(blob: Blob, offset: int, size_bytes: int) -> bytes:
    """At most ``size_bytes`` from ``offset`` on; fewer only at the end of the blob."""
    size_bytes = min(size_bytes, blob.size_bytes - offset)
    if size_bytes <= 0:
        return b""
    key = blob_key(blob.sha256)
    return b"".join(artifact_storage().stream(key, start=offset, size_bytes=size_bytes))


def probe() -> float:
    """How many seconds it takes to write, read and remove a small object."""
    storage, payload = artifact_storage(), uuid.uuid4().bytes
    key = f"probe/{payload.hex()}"
    started = time.monotonic()
    storage.put([payload], lambda: key, size_bytes=len(payload))
    try:
        if b"".join(storage.stream(key)) != payload:
            raise StorageUnavailable(reason="it gave back other bytes than it was given")
    finally:
        storage.remove(key)
    return time.monotonic() - started

"""Bundles: one uncompressed zip per content, byte for byte the same whenever it is written."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import pack

from artifacts.models import Blob, Version
from artifacts.storage.blobs import artifact_storage, open_blob
from artifacts.storage.errors import DigestMismatch
from artifacts.storage.interface import bundle_key

# Everything that could differ between two days or two machines is fixed:
FLAGS = 0x0800  # names are UTF-8
STORED = 0
TIME, DATE = 0, (1 << 5) | 1  # midnight of 1980-01-01, the first day a zip knows
MADE_BY = (3 << 8) | 45  # unix
MODE = 0o100644 << 16
FULL32, FULL16 = 0xFFFFFFFF, 0xFFFF  # "see the zip64 field"


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One file of the zip. A zip says the crc32 before the bytes, so it is known before."""

    name: bytes
    size_bytes: int
    crc32: int
    blob: Blob

    @property
    def is_large(self) -> bool:
        return self.size_bytes >= FULL32

    @property
    def local_header(self) -> bytes:
        size = FULL32 if self.is_large else self.size_bytes
        extra = pack("<HHQQ", 1, 16, self.size_bytes, self.size_bytes) if self.is_large else b""
        needs = 45 if self.is_large else 20
        head = pack(
            "<4s5H3I2H",
            *(b"PK\3\4", needs, FLAGS, STORED, TIME, DATE),
            *(self.crc32, size, size, len(self.name), len(extra)),
        )
        return head + self.name + extra

    def central_header(self, offset: int) -> bytes:
        far = offset >= FULL32
        size = FULL32 if self.is_large else self.size_bytes
        wide = [self.size_bytes, self.size_bytes] if self.is_large else []
        wide += [offset] if far else []
        extra = pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
        head = pack(
            "<4s6H3I5H2I",
            *(b"PK\1\2", MADE_BY, 45 if wide else 20, FLAGS, STORED, TIME, DATE),
            *(self.crc32, size, size, len(self.name), len(extra), 0, 0, 0),
            *(MODE, FULL32 if far else offset),
        )
        return head + self.name + extra


def write_bundle(version: Version) -> tuple[str, int]:
    """Write the bundle of ``version``, unless it is there; returns its sha256 and size.

    The row must hold its ``manifest_sha256`` before: that is what keeps the sweeper away.
    Raises ObjectMissing and StorageUnavailable.
    """
    key = bundle_key(version.manifest_sha256)
    entries = bundle_entries(version)
    size_bytes = zip_size(entries)
    storage = artifact_storage()
    if storage.stored_size(key) == size_bytes:
        return _known_digest(version, size_bytes) or _digest(storage.stream(key)), size_bytes
    digest = hashlib.sha256()

    def pieces() -> Iterator[bytes]:
        for piece in _zip(entries):
            digest.update(piece)
            yield piece

    storage.put(pieces(), lambda: key, size_bytes=size_bytes, key=key)
    return digest.hexdigest(), size_bytes


def bundle_entries(version: Version) -> list[ZipEntry]:
    """The files of ``version`` in the order of the bytes of their names."""
    files = version.files.select_related("blob").only("path", "blob")
    entries = [
        ZipEntry(file.path.encode(), file.blob.size_bytes, _crc32(file.blob), file.blob)
        for file in files
    ]
    return sorted(entries, key=lambda entry: entry.name)


def zip_size(entries: list[ZipEntry]) -> int:
    """Exactly how many bytes the zip of ``entries`` has, before any of them is read."""
    around = sum(len(piece) for piece in _skeleton(entries))
    return around + sum(entry.size_bytes for entry in entries)


def _crc32(blob: Blob) -> int:
    if blob.crc32 is None:  # a row that was restored from its object alone
        crc32 = 0
        for chunk in open_blob(blob):
            crc32 = zlib.crc32(chunk, crc32)
        blob.crc32 = crc32
        blob.save(update_fields=["crc32"])
    return blob.crc32


def _zip(entries: list[ZipEntry]) -> Iterator[bytes]:
    offsets = []
    position = 0
    for entry in entries:
        offsets.append(position)
        yield entry.local_header
        yield from _verified(entry.blob)
        position += len(entry.local_header) + entry.size_bytes
    yield from _ending(entries, offsets, position)


def _verified(blob: Blob) -> Iterator[bytes]:
    """The bytes of ``blob``; a bundle never passes on what the storage has damaged."""
    digest = hashlib.sha256()
    for chunk in open_blob(blob):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != blob.sha256:
        raise DigestMismatch(expected=blob.sha256, actual=digest.hexdigest())


def _skeleton(entries: list[ZipEntry]) -> Iterator[bytes]:
    """All that is in the zip beside the files."""
    offsets = []
    position = 0
    for entry in entries:
        offsets.append(position)
        yield entry.local_header
        position += len(entry.local_header) + entry.size_bytes
    yield from _ending(entries, offsets, position)


def _ending(entries: list[ZipEntry], offsets: list[int], start: int) -> Iterator[bytes]:
    size = 0
    for entry, offset in zip(entries, offsets, strict=True):
        header = entry.central_header(offset)
        size += len(header)
        yield header
    count = len(entries)
    if count >= FULL16 or size >= FULL32 or start >= FULL32:
        record = (b"PK\6\6", 44, MADE_BY, 45, 0, 0, count, count, size, start)
        yield pack("<4sQ2H2I4Q", *record)
        yield pack("<4sIQI", b"PK\6\7", 0, start + size, 1)
    count, size, start = min(count, FULL16), min(size, FULL32), min(start, FULL32)
    yield pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, start, 0)


def _known_digest(version: Version, size_bytes: int) -> str:
    """What an earlier version with the same content was given."""
    same = Version.objects.filter(
        manifest_sha256=version.manifest_sha256, bundle_size_bytes=size_bytes
    ).exclude(bundle_sha256="")
    return same.values_list("bundle_sha256", flat=True).first() or ""


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()

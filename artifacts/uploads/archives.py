"""Uploaded archives: each entry is judged before a byte of it is kept, and read once."""

from __future__ import annotations

import gzip
import re
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, BinaryIO

from django.conf import settings

from common.errors import RegistryError

MAX_ENTRIES = 20_000
MAX_NAME_BYTES = 1024
MAX_DEPTH = 32
MAX_RATIO = 200  # weights and texts pack ten to one; a bomb a thousand to one
FREE_BYTES = 16 * 1024**2  # small archives of zeros are no bomb
CHUNK_BYTES = 1024**2
UNSAFE = re.compile(r"^[/\\~]|^.:|\\|(^|/)\.{1,2}(/|$)|//|[\x00-\x1f\x7f]")


class ArchiveRefused(RegistryError):
    code = "archive_refused"
    message = "The archive is refused: {reason}."
    status = 400


class ArchiveTooLarge(RegistryError):
    code = "archive_too_large"
    message = "The archive is refused: {reason}."
    status = 413


class ExtensionRefused(RegistryError):
    code = "extension_refused"
    message = "{name} is not accepted; a bundle ends in {allowed}."
    status = 400


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One file of the archive; ``open`` gives its bytes, once, before the next entry is asked."""

    path: str
    size_bytes: int
    open: Callable[[], Iterator[bytes]]


def check_path(path: str) -> str:
    """``path``, if it names a file inside its directory on every system; ArchiveRefused."""
    shown = repr(path[:100])
    if not path or path.endswith("/"):
        raise ArchiveRefused(reason=f"{shown} is not the name of a file")
    if UNSAFE.search(path):
        raise ArchiveRefused(reason=f"{shown} would not stay inside its directory")
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        raise ArchiveRefused(reason=f"{shown} is not valid Unicode") from None
    if size > MAX_NAME_BYTES:
        raise ArchiveRefused(reason=f"the name {shown} has more than {MAX_NAME_BYTES} bytes")
    if path.count("/") >= MAX_DEPTH:
        raise ArchiveRefused(reason=f"{shown} is more than {MAX_DEPTH} directories deep")
    return path


def check_extension(name: str) -> None:
    """Refuses what ALLOWED_EXTENSIONS does not list; what is inside decides how it is read."""
    if not name.lower().endswith(tuple(ext.lower() for ext in settings.ALLOWED_EXTENSIONS)):
        allowed = ", ".join(settings.ALLOWED_EXTENSIONS)
        raise ExtensionRefused(name=repr(name[:100]), allowed=allowed)


def entries(file: BinaryIO, name: str, *, size_bytes: int) -> Iterator[ArchiveEntry]:
    """The files of the archive, one by one, whatever its name says it is.

    All names and claimed sizes of a zip are judged before the first entry comes. A tar has no
    table of contents: take nothing as final before the iteration has ended. Raises
    ArchiveRefused, ArchiveTooLarge and ExtensionRefused.
    """
    check_extension(name)
    limits = _Limits(size_bytes)
    file.seek(0)
    head = file.read(512)
    file.seek(0)
    with _broken_archives_explained():
        if head.startswith((b"PK\3\4", b"PK\5\6")):
            yield from _zip_entries(file, limits)
        elif head.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield from _tar_entries(_Metered(unpacked, limits), limits)
        elif head[257:262] == b"ustar":
            yield from _tar_entries(file, limits, size_bytes)
        else:
            raise ArchiveRefused(reason="it is neither a zip nor a tar")
    if not limits.names:
        raise ArchiveRefused(reason="it holds no files")


class _Limits:
    """What one archive may hold, as it is read."""

    def __init__(self, size_bytes: int) -> None:
        self.names: dict[str, str] = {}
        self.claimed_bytes = 0
        self.unpacked_bytes = 0
        self.most_bytes = min(
            settings.SOURCE_MAX_TOTAL_BYTES, max(FREE_BYTES, MAX_RATIO * size_bytes)
        )

    def admit(self, path: str, size_bytes: int) -> str:
        """``path``, unless it or its size is one too many."""
        check_path(path)
        if len(self.names) >= MAX_ENTRIES:
            raise ArchiveTooLarge(reason=f"it holds more than {MAX_ENTRIES:,} files")
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in self.names:
            reason = f"{path!r} and {self.names[folded]!r} are the same file on some systems"
            raise ArchiveRefused(reason=reason)
        self.names[folded] = path
        self.claimed_bytes += size_bytes
        if size_bytes > settings.SOURCE_MAX_FILE_BYTES:
            raise ArchiveTooLarge(reason=f"{path!r} unpacks to {size_bytes:,} bytes")
        if self.claimed_bytes > self.most_bytes:
            raise ArchiveTooLarge(reason=f"it unpacks to more than {self.most_bytes:,} bytes")
        return path

    def check_nesting(self) -> None:
        """A file cannot be the directory of another."""
        for folded, path in self.names.items():
            for at, char in enumerate(folded):
                if char == "/" and folded[:at] in self.names:
                    raise ArchiveRefused(reason=f"{path!r} lies inside another file")

    def passed(self, size_bytes: int) -> None:
        """Counts what really came out, whatever was claimed."""
        self.unpacked_bytes += size_bytes
        # a tar rounds each file up to blocks, and has headers
        if self.unpacked_bytes > self.most_bytes + 2048 * (len(self.names) + 100):
            raise ArchiveTooLarge(reason=f"it unpacks to more than {self.most_bytes:,} bytes")


class _Metered:
    """A stream that counts what is read of it."""

    def __init__(self, file: gzip.GzipFile, limits: _Limits) -> None:
        self.file, self.limits = file, limits

    def read(self, size: int) -> bytes:
        chunk = self.file.read(size)
        self.limits.passed(len(chunk))
        return chunk


def _zip_entries(file: BinaryIO, limits: _Limits) -> Iterator[ArchiveEntry]:
    with zipfile.ZipFile(file) as archive:
        wanted = [info for info in archive.infolist() if not info.is_dir()]
        for info in wanted:
            _check_zip_info(info)
            limits.admit(info.orig_filename, info.file_size)
        limits.check_nesting()
        for info in wanted:
            yield ArchiveEntry(info.filename, info.file_size, partial(_read_zip, archive, info))


def _check_zip_info(info: zipfile.ZipInfo) -> None:
    shown = repr(info.orig_filename[:100])
    if info.flag_bits & 0x41:
        raise ArchiveRefused(reason=f"{shown} is encrypted")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise ArchiveRefused(reason=f"{shown} is a link or a device")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveRefused(reason=f"{shown} is compressed in a way that is not accepted")
    ratio = info.file_size / max(info.compress_size, 1)
    if ratio > MAX_RATIO and info.file_size > FREE_BYTES:
        raise ArchiveTooLarge(reason=f"{shown} unpacks to {ratio:,.0f} times its size")


def _read_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with _broken_archives_explained(), archive.open(info) as content:
        yield from _exactly(content, info.filename, info.file_size)


def _tar_entries(
    file: BinaryIO | _Metered, limits: _Limits, size_bytes: int | None = None
) -> Iterator[ArchiveEntry]:
    with tarfile.open(fileobj=file, mode="r|") as archive:  # type: ignore[call-overload]
        for member in archive:
            if member.isdir():
                continue
            path = member.name.removeprefix("./")
            if not member.isreg() or member.issparse():
                raise ArchiveRefused(reason=f"{path[:100]!r} is a link or a device")
            limits.admit(path, member.size)
            yield ArchiveEntry(path, member.size, partial(_read_tar, archive, member))
        # a block of zeros ends it; nothing else tells one that was cut between two files
        if size_bytes is not None and archive.offset + tarfile.BLOCKSIZE > size_bytes:
            raise ArchiveRefused(reason="its end is missing")
    limits.check_nesting()


def _read_tar(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise ArchiveRefused(reason=f"{member.name[:100]!r} has no content")
    with _broken_archives_explained():
        yield from _exactly(content, member.name, member.size)


def _exactly(content: IO[bytes], path: str, size_bytes: int) -> Iterator[bytes]:
    """The bytes, as many as the archive said there would be."""
    seen = 0
    while chunk := content.read(CHUNK_BYTES):
        seen += len(chunk)
        if seen > size_bytes:
            break
        yield chunk
    if seen != size_bytes:
        raise ArchiveRefused(reason=f"{path[:100]!r} has another size than the archive says")


@contextmanager
def _broken_archives_explained() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise ArchiveRefused(reason=f"it is broken ({exc})") from exc
    except (NotImplementedError, ValueError, OverflowError) as exc:
        raise ArchiveRefused(reason=f"it cannot be understood ({exc})") from exc
    except RuntimeError as exc:  # how zipfile says "password required"
        raise ArchiveRefused(reason="it is encrypted") from exc

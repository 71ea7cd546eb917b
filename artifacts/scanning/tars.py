"""Tars and single compressed files: what is in them, in the order in which it comes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, cast

from artifacts.scanning.magic import looks_like_tar
from artifacts.scanning.unpacking import MAX_ENTRIES, PackedFile, check_name, unpacked
from artifacts.scanning.verdict import DANGER, WARNING, GaveUp, ScanReport

HEAD_BYTES = 8192
ENOUGH_TEXT_BYTES = 8 * 1024**2  # of a compressed text; tables of gigabytes are common

UNPACKERS: dict[str, Callable[[BinaryIO], Any]] = {
    "gzip": lambda file: gzip.GzipFile(fileobj=file),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}


def tar_contents(file: BinaryIO, report: ScanReport) -> Iterator[PackedFile]:
    """Each file of a tar, in the order in which they come."""
    report.looked()
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for count, member in enumerate(archive):
                report.tick()
                if count >= MAX_ENTRIES:
                    raise GaveUp("it holds too many entries")
                check_name(member.name, report)
                if member.islnk() or member.issym():
                    check_name(member.linkname, report)
                    report.add("link", WARNING, f"holds a link: {member.name!r}")
                elif member.isdev():
                    report.add("device", DANGER, f"holds a device: {member.name!r}")
                elif (content := archive.extractfile(member)) is not None:
                    pieces = iter(partial(content.read, 256 * 1024), b"")
                    yield from unpacked(member.name, pieces, report)
    except (tarfile.TarError, EOFError, OSError) as exc:
        raise GaveUp(f"its tar structure is broken ({exc})") from exc


def decompressed(name: str, file: BinaryIO, kind: str, report: ScanReport) -> Iterator[PackedFile]:
    """What a single compressed file holds; texts and tables are not read to their end."""
    file.seek(0)
    stream = UNPACKERS[kind](file)
    try:
        head = stream.read(HEAD_BYTES)
        report.looked()
        if looks_like_tar(head):
            for inner in tar_contents(cast(BinaryIO, _Forward(head, stream)), report):
                yield inner._replace(levels=2)
        else:
            pieces = iter(partial(stream.read, 256 * 1024), b"")
            enough = None if b"\0" in head or head[:1] == b"\x80" else ENOUGH_TEXT_BYTES
            bare_name = re.sub(r"\.(gz|bz2|xz)$", "", name)
            yield from unpacked(bare_name, _chain(head, pieces), report, enough=enough)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as exc:
        raise GaveUp("its compressed data is broken") from exc


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


class _Forward:
    """A file that is read once, whose beginning was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self.head, self.rest = head, rest

    def seek(self, offset: int) -> None:
        """Only to the start, where it is."""

    def read(self, size: int) -> bytes:
        chunk, self.head = self.head[:size], self.head[size:]
        return chunk if len(chunk) == size else chunk + self.rest.read(size - len(chunk))

"""Archives inside an artifact: each entry is looked at; none is ever unpacked under its name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO

from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.texts import scan_json
from artifacts.scanning.torchscript import judge_torchscript, own_pickles
from artifacts.scanning.verdict import DANGER, WARNING, GaveUp, Report

MAX_ENTRIES = 100_000
MAX_ENTRY_BYTES = 256 * 1024**2  # of what has to be decompressed to be looked at
MAX_UNPACKED_BYTES = 2 * 1024**3
ENOUGH_TEXT_BYTES = 8 * 1024**2  # of a compressed text; tables of gigabytes are common
MAX_RATIO = 1000
HELD_BYTES = 8 * 1024**2  # beyond this, decompressed bytes wait in a private file
HEAD_BYTES = 8192
UNSAFE_PATH = re.compile(r"^[/\\]|^.:|(^|[/\\])\.\.([/\\]|$)|\0")
HARMLESS_HEADS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"PAR1", b"ARROW1")


def check_name(name: str, report: Report) -> None:
    if UNSAFE_PATH.search(name):
        report.add("traversal", DANGER, f"holds an entry that leaves its directory: {name!r}")


UNPACKERS: dict[str, Callable[[BinaryIO], Any]] = {
    "gzip": lambda file: gzip.GzipFile(fileobj=file),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}


class Window(io.RawIOBase):
    """A part of another file, as a file."""

    def __init__(self, file: BinaryIO, start: int, size_bytes: int) -> None:
        self.file, self.start, self.size_bytes, self.position = file, start, size_bytes, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.position = (0, self.position, self.size_bytes)[whence] + offset
        return self.position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self.size_bytes - self.position))
        self.file.seek(self.start + self.position)
        chunk = self.file.read(wanted)
        buffer[: len(chunk)] = chunk
        self.position += len(chunk)
        return len(chunk)


def scan_zip(path: str, file: BinaryIO, size_bytes: int, report: Report, depth: int) -> None:
    """Look at each entry by its raw bytes: checksums, flags and sizes are only claims."""
    report.looked()
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as exc:
        raise GaveUp(f"its zip directory is broken ({exc})") from exc
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise GaveUp("it holds too many entries")
    names = [info.filename for info in infos]
    if len(set(names)) != len(names):
        report.add("zip_structure", WARNING, "holds two entries of the same name")
    starts_here = bool(infos) and infos[0].header_offset == 0  # else other readers see another zip
    torchscript = own_pickles([info.orig_filename for info in infos]) if starts_here else set()
    for info in infos:
        report.tick()
        check_name(info.filename, report)
        if info.external_attr >> 28 == 0o12:
            report.add("link", WARNING, f"holds a symbolic link: {info.filename!r}")
        is_large = info.file_size > 64 * 1024**2
        if is_large and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise GaveUp(f"{info.filename!r} unpacks to more than {MAX_RATIO} times its size")
        if not info.is_dir() or info.compress_size:
            how = judge_torchscript if info.orig_filename in torchscript else judge
            _look_at_entry(info, file, size_bytes, report, depth, judge=how)


def _look_at_entry(
    info: zipfile.ZipInfo,
    file: BinaryIO,
    size_bytes: int,
    report: Report,
    depth: int,
    *,
    judge: Judge,
) -> None:
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\3\4":
        raise GaveUp(f"{info.filename!r} is not where the directory says")
    flags, method = struct.unpack("<2H", header[6:10])
    name_size, extra_size = struct.unpack("<2H", header[26:30])
    name = file.read(name_size)
    start = info.header_offset + 30 + name_size + extra_size
    if name not in {info.orig_filename.encode("utf-8", "replace"), _cp437(info.orig_filename)}:
        report.add("zip_structure", WARNING, f"{info.filename!r} has two names")
    if method != info.compress_type or (flags | info.flag_bits) & 1:
        report.add("zip_structure", WARNING, f"{info.filename!r} is marked in two ways")
    stored = min(info.compress_size, size_bytes - start)
    for how in {method, info.compress_type}:
        claimed = max(stored, info.file_size if how == zipfile.ZIP_STORED else 0)
        raw = Window(file, start, min(claimed, size_bytes - start))
        if how == zipfile.ZIP_STORED:
            whole = io.BufferedReader(raw)
            _look_inside(info.filename, whole, raw.size_bytes, report, depth, judge=judge)
        elif how == zipfile.ZIP_DEFLATED:
            unpacker = zlib.decompressobj(-15)
            pieces = _inflated(raw, unpacker)
            _look_at_unpacked(info.filename, pieces, report, depth, judge=judge)
        else:
            raise GaveUp(f"{info.filename!r} is compressed in a way that is not looked into")


def _cp437(name: str) -> bytes:
    return name.encode("cp437", "replace")


def _inflated(raw: io.RawIOBase, unpacker: zlib._Decompress) -> Iterator[bytes]:
    while not unpacker.eof and (chunk := raw.read(64 * 1024)):
        while chunk:
            try:
                yield unpacker.decompress(chunk, 1024**2)
            except zlib.error as exc:
                raise GaveUp("its compressed data is broken") from exc
            chunk = unpacker.unconsumed_tail


def _look_at_unpacked(
    name: str,
    chunks: Iterator[bytes],
    report: Report,
    depth: int,
    *,
    enough: int | None = None,
    judge: Judge = judge,
) -> None:
    """Keep what was decompressed just long enough to look at it."""
    with tempfile.SpooledTemporaryFile(max_size=HELD_BYTES) as kept:
        for chunk in chunks:
            report.tick()
            report.unpacked_bytes += len(chunk)
            kept.write(chunk)
            if kept.tell() > MAX_ENTRY_BYTES or report.unpacked_bytes > MAX_UNPACKED_BYTES:
                raise GaveUp(f"{name!r} unpacks to too much")
            if kept.tell() == len(chunk) and chunk.startswith(HARMLESS_HEADS):
                return
            if enough is not None and kept.tell() >= enough:
                break
        size = kept.tell()
        _look_inside(name, kept, size, report, depth, judge=judge)  # type: ignore[arg-type]


def _look_inside(
    name: str, file: BinaryIO, size_bytes: int, report: Report, depth: int, *, judge: Judge
) -> None:
    from artifacts.scanning.files import look  # an archive holds files, which may be archives

    look(name, file, size_bytes, report, depth + 1, judge=judge)
    if name.rsplit("/", 1)[-1] == "config.json":
        scan_json(name, file, size_bytes, report, is_keras=True)


def looks_like_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar" or _is_old_tar(head)


def _is_old_tar(head: bytes) -> bool:
    """Old headers have no mark, but a checksum."""
    if len(head) < 512:
        return False
    try:
        claimed = int(head[148:156].strip(b" \0") or b"-1", 8)
    except ValueError:
        return False
    return claimed == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def scan_tar(name: str, file: BinaryIO, report: Report, depth: int) -> None:
    """Look at each member, in the order in which they come."""
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
                    _look_at_unpacked(member.name, pieces, report, depth)
    except (tarfile.TarError, EOFError, OSError) as exc:
        raise GaveUp(f"its tar structure is broken ({exc})") from exc


def scan_compressed(name: str, file: BinaryIO, kind: str, report: Report, depth: int) -> None:
    """Look into a single compressed file; texts and tables are not read to their end."""
    file.seek(0)
    unpacked = UNPACKERS[kind](file)
    try:
        head = unpacked.read(HEAD_BYTES)
        report.looked()
        if looks_like_tar(head):
            scan_tar(name, _Forward(head, unpacked), report, depth + 1)  # type: ignore[arg-type]
        else:
            pieces = iter(partial(unpacked.read, 256 * 1024), b"")
            enough = None if b"\0" in head or head[:1] == b"\x80" else ENOUGH_TEXT_BYTES
            inner = re.sub(r"\.(gz|bz2|xz)$", "", name)
            _look_at_unpacked(inner, _chain(head, pieces), report, depth, enough=enough)
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

"""Zips: what is in each entry, whatever the directory of the archive claims."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.remote_file import RemoteFile, part_of
from artifacts.scanning.torchscript import judge_torchscript, own_pickles
from artifacts.scanning.unpacking import (
    MAX_ENTRIES,
    PackedFile,
    check_name,
    unpacked,
)
from artifacts.scanning.verdict import WARNING, GaveUp, ScanReport

MAX_RATIO = 1000


def zip_contents(file: BinaryIO, size_bytes: int, report: ScanReport) -> Iterator[PackedFile]:
    """Each entry by its raw bytes: checksums, flags and sizes are only claims."""
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
            judging = judge_torchscript if info.orig_filename in torchscript else judge
            yield from _entry(info, file, size_bytes, report, judge=judging)


def _entry(
    info: zipfile.ZipInfo, file: BinaryIO, size_bytes: int, report: ScanReport, *, judge: Judge
) -> Iterator[PackedFile]:
    """The entry, once for each way of compression that it is marked with."""
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
        raw = RemoteFile(part_of(file, start), min(claimed, size_bytes - start))
        if how == zipfile.ZIP_STORED:
            yield PackedFile(info.filename, io.BufferedReader(raw), raw.size_bytes, judge)
        elif how == zipfile.ZIP_DEFLATED:
            unpacker = zlib.decompressobj(-15)
            pieces = _inflated(raw, unpacker)
            yield from unpacked(info.filename, pieces, report, judge=judge)
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

"""Files of numbers: safetensors, of which only the header speaks, and NumPy arrays."""

from __future__ import annotations

import ast
import struct
from typing import BinaryIO

import orjson

from artifacts.scanning.pickles import scan_pickles
from artifacts.scanning.verdict import GaveUp, ScanReport

MAX_HEADER_BYTES = 100_000_000  # what the safetensors library accepts


def scan_safetensors(file: BinaryIO, size_bytes: int, report: ScanReport) -> None:
    """Only the header can say anything; what follows are numbers."""
    report.looked()
    file.seek(0)
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > min(size_bytes - 8, MAX_HEADER_BYTES):
        raise GaveUp("its safetensors header is longer than the file")
    try:
        header = orjson.loads(file.read(length))
    except orjson.JSONDecodeError as exc:
        raise GaveUp("its safetensors header is not JSON") from exc
    if not isinstance(header, dict):
        raise GaveUp("its safetensors header is not an object")


def scan_numpy(file: BinaryIO, report: ScanReport) -> None:
    """An array of objects is a pickle behind a header."""
    report.looked()
    file.seek(6)
    major = file.read(2)[:1]
    width, layout = (2, "<H") if major == b"\1" else (4, "<I")
    length = struct.unpack(layout, file.read(width))[0]
    if length > 1_000_000:
        raise GaveUp("its NumPy header is too long")
    text = file.read(length).decode("latin-1")
    try:
        header = ast.literal_eval(text.strip())
        kind = header["descr"]
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError) as exc:
        raise GaveUp("its NumPy header is broken") from exc
    if "O" in repr(kind):
        scan_pickles(file, report)

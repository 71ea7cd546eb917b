"""Looking at the files of a version, one by one, where they are stored."""

from __future__ import annotations

from functools import partial

from artifacts import storage
from artifacts.models import File
from artifacts.scanning import ScanResult, scan_file

__all__ = ["scan"]


def scan(file: File) -> ScanResult:
    """Say what is in ``file``; only the bytes that a scanner asks for are read."""
    return scan_file(file.path, file.blob.size_bytes, partial(storage.read_range, file.blob))

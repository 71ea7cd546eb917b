"""A file that is somewhere else, read in pieces and never as a whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO, cast

ReadRange = Callable[[int, int], bytes]
# what one look costs: with S3 a request each, so neither tiny nor huge
BUFFER_BYTES = 64 * 1024


class RemoteFile(io.RawIOBase):
    """Seekable bytes behind ``read_range(offset, size)``."""

    def __init__(self, read_range: ReadRange, size_bytes: int) -> None:
        self.read_range = read_range
        self.size_bytes = size_bytes
        self.position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size_bytes}[whence]
        if base + offset < 0:
            raise OSError("before the start")
        self.position = base + offset
        return self.position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self.size_bytes - self.position))
        chunk = self.read_range(self.position, wanted) if wanted else b""
        buffer[: len(chunk)] = chunk
        self.position += len(chunk)
        return len(chunk)


def opened(read_range: ReadRange, size_bytes: int) -> BinaryIO:
    """The file, buffered."""
    return cast(BinaryIO, io.BufferedReader(RemoteFile(read_range, size_bytes), BUFFER_BYTES))


def part_of(file: BinaryIO, start: int) -> ReadRange:
    """The bytes of ``file`` from ``start`` on, for what lies inside it."""

    def read_range(offset: int, size: int) -> bytes:
        file.seek(start + offset)
        return file.read(size)

    return read_range

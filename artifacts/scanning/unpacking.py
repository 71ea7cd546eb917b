"""What comes out of archives: each file in turn, held just long enough to be looked at."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.verdict import DANGER, GaveUp, ScanReport

MAX_ENTRIES = 100_000
MAX_ENTRY_BYTES = 256 * 1024**2  # of what has to be decompressed to be looked at
MAX_UNPACKED_BYTES = 2 * 1024**3
HELD_BYTES = 8 * 1024**2  # beyond this, decompressed bytes wait in a private file
UNSAFE_PATH = re.compile(r"^[/\\]|^.:|(^|[/\\])\.\.([/\\]|$)|\0")
HARMLESS_HEADS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"PAR1", b"ARROW1")


class PackedFile(NamedTuple):
    """A file inside another; its bytes are there until the next one is asked for."""

    name: str
    file: BinaryIO
    size_bytes: int
    judge: Judge = judge
    levels: int = 1  # how many archives lie between the two


def check_name(name: str, report: ScanReport) -> None:
    """Report an entry that would be written outside its directory."""
    if UNSAFE_PATH.search(name):
        report.add("traversal", DANGER, f"holds an entry that leaves its directory: {name!r}")


def unpacked(
    name: str,
    pieces: Iterator[bytes],
    report: ScanReport,
    *,
    enough: int | None = None,
    judge: Judge = judge,
) -> Iterator[PackedFile]:
    """The file that ``pieces`` make up, or none if it begins like something harmless."""
    with tempfile.SpooledTemporaryFile(max_size=HELD_BYTES) as kept:
        for piece in pieces:
            report.tick()
            report.unpacked_bytes += len(piece)
            kept.write(piece)
            if kept.tell() > MAX_ENTRY_BYTES or report.unpacked_bytes > MAX_UNPACKED_BYTES:
                raise GaveUp(f"{name!r} unpacks to too much")
            if kept.tell() == len(piece) and piece.startswith(HARMLESS_HEADS):
                return
            if enough is not None and kept.tell() >= enough:
                break
        yield PackedFile(name, cast(BinaryIO, kept), kept.tell(), judge)

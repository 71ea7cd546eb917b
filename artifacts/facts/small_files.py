"""The bytes of listed files, as whoever has them gives them to the readers here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from artifacts.facts.records import FileFact


class Checkout(Protocol):
    """Gives the bytes of listed files; nothing else can be asked for."""

    def read(self, path: str) -> Iterator[bytes]:
        """The whole file in chunks. Fewer or more bytes than listed raise ``SourceBroken``."""
        ...

    def read_part(self, path: str, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``; fewer only where the file ends."""
        ...


def read_small(checkout: Checkout, file: FileFact, limit: int) -> bytes | None:
    """The whole of a small file, None where it is larger than ``limit``."""
    if file.size_bytes is not None and file.size_bytes > limit:
        return None
    received = bytearray()
    for chunk in checkout.read(file.path):
        received += chunk
        if len(received) > limit:
            return None
    return bytes(received)

"""Digests of bytes that stream by, and of manifests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Digester:
    """One pass over bytes of a known size: their sha256, and git's own sha1 of them."""

    size_bytes: int
    seen_bytes: int = 0
    _sha256: Any = field(default_factory=hashlib.sha256)
    _git: Any = None

    def __post_init__(self) -> None:
        self._git = hashlib.sha1(b"blob %d\0" % self.size_bytes, usedforsecurity=False)

    def update(self, chunk: bytes) -> None:
        self.seen_bytes += len(chunk)
        self._sha256.update(chunk)
        self._git.update(chunk)

    @property
    def sha256(self) -> str:
        return str(self._sha256.hexdigest())

    @property
    def git_sha1(self) -> str:
        """What ``git hash-object`` prints; meaningless unless all bytes were seen."""
        return str(self._git.hexdigest())


def manifest_digest(entries: Iterable[tuple[str, int, str]]) -> str:
    """The sha256 over sorted (path, size, sha256) entries: the identity of a version's content."""
    digest = hashlib.sha256()
    for path, size_bytes, sha256 in sorted(entries):
        digest.update(f"{len(path.encode())}:{path}\0{size_bytes}\0{sha256}\n".encode())
    return digest.hexdigest()

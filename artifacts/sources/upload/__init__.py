"""What somebody uploaded: files under the digest of their manifest, in our own storage."""

from __future__ import annotations

import re
from collections.abc import Sequence

from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.place import Place
from artifacts.sources.source import ReadAddress, Source, SourceClient

_URL = re.compile(r"upload:([0-9a-f]{64})")


class Upload(Source):
    """The uploads of this registry. Nobody can paste such an address: it has no host."""

    name = "upload"
    title = "The upload"
    url = "upload:"
    is_outside = False

    def read_address(self, segments: Sequence[str]) -> ReadAddress:
        raise UnrecognisedUrl(reason="Files are uploaded; they have no address to paste.")

    def recalled(self, url: str, *, type: str) -> Place | None:
        found = _URL.fullmatch(url)
        return self.named(type, found[1]) if found else None

    def named(self, type: str, repo: str, revision: str = "") -> Place:
        """Where the files with this manifest are."""
        return Place(
            source=self.name,
            type=type,
            repo=repo,
            revision=repo[:40],
            url=self.canonical(type, repo),
            name=repo[:12],
        )

    def client(self) -> SourceClient:
        from artifacts.sources.upload.client import UploadClient

        return UploadClient(self)

"""Reads what somebody uploaded out of our own storage; asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from artifacts import storage
from artifacts.facts import Facts, FileFact
from artifacts.facts.small_files import Checkout
from artifacts.models import Artifact, Blob, Version
from artifacts.sources.checkout import listed, measured
from artifacts.sources.errors import SourceNotFound
from artifacts.sources.place import Place
from artifacts.sources.source import Source, SourceClient


class UploadClient(SourceClient):
    """The files of a manifest that arrived as an archive."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.title = source.title

    @contextmanager
    def pinned(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """What a version of ours with this manifest holds; there is one revision of it."""
        if revision not in {"", place.revision}:
            raise SourceNotFound(source=self.title, what=f"revision {revision!r}")
        facts = Facts(
            type=place.type,
            url=place.url,
            revision=place.revision,
            name=_name(place),
            source=place.source,
            files=self._files(place),
            history_problem="an upload has no history of commits",
        )
        yield facts, StoredFiles(self.title, facts)

    @contextmanager
    def opened(self, facts: Facts) -> Iterator[Checkout]:
        """The files of facts that were collected before."""
        yield StoredFiles(self.title, facts)

    def exists(self, place: Place) -> bool | None:
        """Whether a version of ours has these files."""
        return _holder(place) is not None

    def _files(self, place: Place) -> tuple[FileFact, ...]:
        holder = _holder(place)
        if holder is None:
            raise SourceNotFound(source=self.title, what="files here any more")
        rows = holder.files.order_by("path").values_list(
            "path", "blob__size_bytes", "blob__git_sha1", "blob_id"
        )
        return tuple(FileFact(*row) for row in rows)


def _holder(place: Place) -> Version | None:
    """A version whose rows list every file; one that is still being filled has no manifest."""
    versions = Version.objects.light().filter(manifest_sha256=place.repo, source_url=place.url)
    return versions.order_by("pk").first()


def _name(place: Place) -> str:
    found = Artifact.objects.filter(type=place.type, source_key=place.key)
    return found.values_list("name", flat=True).first() or place.name


class StoredFiles:
    """The listed files, out of the storage."""

    def __init__(self, title: str, facts: Facts) -> None:
        self._title = title
        self._files = {file.path: file for file in facts.files}

    def read(self, path: str) -> Iterator[bytes]:
        file = listed(self._title, self._files, path)
        yield from measured(self._title, file, storage.open_blob(_blob(file)))

    def read_part(self, path: str, offset: int, size: int) -> bytes:
        return storage.read_range(_blob(listed(self._title, self._files, path)), offset, size)


def _blob(file: FileFact) -> Blob:
    return Blob(sha256=file.sha256, git_sha1=file.git_sha1, size_bytes=file.size_bytes or 0)

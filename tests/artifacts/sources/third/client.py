"""Reads the shelf: a listing in JSON, and each file at its address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from artifacts.facts import Facts, FileFact
from artifacts.facts.small_files import Checkout
from artifacts.sources.checkout import listed, measured
from artifacts.sources.errors import SourceError, SourceNotFound
from artifacts.sources.file_list import checked_files
from artifacts.sources.place import Place
from artifacts.sources.recognising import recognise
from artifacts.sources.retrying import patiently
from artifacts.sources.sessions import GuardedSession, session
from artifacts.sources.source import Source, SourceClient


class ShelfClient(SourceClient):
    def __init__(self, source: Source) -> None:
        self.source = source

    @contextmanager
    def pinned(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        with session(self.source.guard()) as asking:
            listing = patiently(asking.get, self._address(place, revision or "newest")).json()
            facts = Facts(
                type=place.type,
                url=place.url,
                revision=listing["revision"],
                name=place.name,
                source=place.source,
                files=checked_files(
                    self.source.title,
                    (FileFact(one["path"], one["size"]) for one in listing["files"]),
                ),
                history_problem="the shelf keeps no history",
            )
            yield facts, ShelfFiles(asking, self._address(place, facts.revision), facts)

    @contextmanager
    def opened(self, facts: Facts) -> Iterator[Checkout]:
        place = recognise(facts.url, type=facts.type)
        with session(self.source.guard()) as asking:
            yield ShelfFiles(asking, self._address(place, facts.revision), facts)

    def exists(self, place: Place) -> bool | None:
        try:
            with session(self.source.guard()) as asking:
                patiently(asking.get, self._address(place, "newest"))
        except SourceNotFound:
            return False
        except SourceError:
            return None
        return True

    def _address(self, place: Place, revision: str) -> str:
        (endpoint,) = self.source.origins()
        return f"{endpoint}/{place.url.removeprefix(self.source.url)}/{revision}"


class ShelfFiles:
    def __init__(self, asking: GuardedSession, base: str, facts: Facts) -> None:
        self.asking, self.base = asking, base
        self.files = {file.path: file for file in facts.files}

    def read(self, path: str) -> Iterator[bytes]:
        file = listed("The Shelf", self.files, path)
        with self.asking.get(f"{self.base}/{path}", stream=True) as answer:
            yield from measured("The Shelf", file, answer.iter_content(64 * 1024))

    def read_part(self, path: str, offset: int, size: int) -> bytes:
        return b"".join(self.read(path))[offset : offset + size]

"""A third source, as somebody would add it: this folder, and one line in SOURCES."""

from __future__ import annotations

import re
from collections.abc import Sequence

from artifacts.facts.page_addresses import PageAddresses
from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.place import Place, checked_revision
from artifacts.sources.source import ReadAddress, Source, SourceClient

TYPES = {"m": "model", "d": "dataset"}
LETTERS = {type: letter for letter, type in TYPES.items()}
NAME = re.compile(r"[a-z0-9-]{1,40}")


class Shelf(Source):
    """Addresses are ``https://shelf.example/m/<owner>/<name>@<revision>``, ``d`` for data."""

    name = "shelf"
    title = "The Shelf"
    url = "https://shelf.example/"
    example = "https://shelf.example/m/alice/ears"
    hosts = ("shelf.example",)
    pages = PageAddresses(
        tree="@{revision}",
        file="@{revision}/{path}",
        line="?line={line}",
        commit="/commits/{commit}",
    )
    has_fixed_types = True
    endpoint = ""  # the server of the test

    def origins(self) -> tuple[str, ...]:
        return (self.endpoint,) if self.endpoint else ()

    def read_address(self, segments: Sequence[str]) -> ReadAddress:
        if len(segments) != 3 or segments[0] not in TYPES:
            reason = f"An address on {self.title} has the form {self.example}."
            raise UnrecognisedUrl(reason=reason)
        letter, owner, rest = segments
        name, _, revision = rest.partition("@")
        if not NAME.fullmatch(owner) or not NAME.fullmatch(name):
            raise UnrecognisedUrl(reason=f"{owner}/{name} cannot be a name on {self.title}.")
        return ReadAddress(TYPES[letter], f"{owner}/{name}", checked_revision(revision))

    def named(self, type: str, repo: str, revision: str = "") -> Place:
        return super().named(type, f"{LETTERS[type]}/{repo}", revision)

    def canonical(self, type: str, repo: str) -> str:
        return f"{self.url}{LETTERS[type]}/{repo}"

    def client(self) -> SourceClient:
        from tests.artifacts.sources.third.client import ShelfClient

        return ShelfClient(self)

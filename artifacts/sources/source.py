"""What a source is: its addresses, its hosts, its words and its client, in one folder.

A class of this kind is all that the rest of the house may know of a place that artifacts come
from. It is light: whatever takes long to import belongs in its client, which is imported when
something is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import ClassVar, NamedTuple, Protocol

from django.conf import settings

from artifacts.facts import Facts
from artifacts.facts.page_addresses import PageAddresses
from artifacts.facts.small_files import Checkout
from artifacts.sources.egress import Guard
from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.place import Place


class SourceClient(Protocol):
    """What reads a source; every failure is a ``SourceError`` in words."""

    def pinned(self, place: Place, revision: str) -> AbstractContextManager[tuple[Facts, Checkout]]:
        """The facts of the source's own records, and the files, at one commit."""
        ...

    def opened(self, facts: Facts) -> AbstractContextManager[Checkout]:
        """The files of facts that were collected before."""
        ...

    def exists(self, place: Place) -> bool | None:
        """Whether the source knows this repository; None where it does not say."""
        ...

    @contextmanager
    def licensed(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """The same as ``pinned`` for somebody who waits: only what speaks of a licence counts."""
        with self.pinned(place, revision) as found:
            yield found


class ReadAddress(NamedTuple):
    """What follows the host of an address: a type, a repository and '' or a revision."""

    type: str
    repo: str
    revision: str = ""


class Source:
    """One place that artifacts come from. Subclasses say what differs, and nobody else does."""

    name: ClassVar[str]  # kept with the facts, so it never changes
    title: ClassVar[str]  # what people call it
    url: ClassVar[str]  # what its canonical addresses begin with
    example: ClassVar[str] = ""  # an address of it; '' where nobody can paste one
    hosts: ClassVar[tuple[str, ...]] = ()  # of pasted addresses, that of the canonical one first
    api_hosts: ClassVar[tuple[str, ...]] = ()  # public hosts that it is read from besides
    redirect_hosts: ClassVar[tuple[str, ...]] = ()  # as in SOURCE_ALLOWED_HOSTS
    address_settings: ClassVar[tuple[str, ...]] = ()  # settings that hold an address of it
    pages: ClassVar[PageAddresses] = PageAddresses()

    has_fixed_types: ClassVar[bool] = False  # the address alone says what it is the address of
    has_cards: ClassVar[bool] = True  # READMEs begin with the card of a model or dataset
    is_hub: ClassVar[bool] = False  # ids in cards are names of this source
    can_be_project: ClassVar[bool] = False  # its repositories may want to use a model
    is_outside: ClassVar[bool] = True  # people can open its addresses, and what is there changes

    def origins(self) -> tuple[str, ...]:
        """The addresses it is read from; pasted ones may begin with the first of them."""
        return tuple(getattr(settings, name) for name in self.address_settings)

    def guard(self) -> Guard:
        """What its client may connect to."""
        return Guard(
            self.title,
            self.origins(),
            redirect_hosts=self.redirect_hosts,
            public_hosts=frozenset({*self.hosts, *self.api_hosts}),
        )

    def read_address(self, segments: Sequence[str]) -> ReadAddress:
        """What the path of an address means; ``UnrecognisedUrl`` says what is wrong with it."""
        raise NotImplementedError

    def recalled(self, url: str, *, type: str) -> Place | None:
        """The place of a canonical address that nobody can paste; None for any other."""
        return None

    def named(self, type: str, repo: str, revision: str = "") -> Place:
        """The place of a repository that is known by its name, checked like a pasted one."""
        found = self.read_address(repo.split("/"))
        return self.place(ReadAddress(type, found.repo, revision))

    def place(self, found: ReadAddress, *, type: str | None = None) -> Place:
        """The place of what was read, taken as ``type`` where the address leaves that open."""
        if type and type != found.type and self.has_fixed_types:
            reason = f"This is the address of a {found.type} on {self.title}, not of a {type}."
            raise UnrecognisedUrl(reason=reason)
        return Place(
            source=self.name,
            type=type or found.type,
            repo=found.repo,
            revision=found.revision,
            url=self.canonical(type or found.type, found.repo),
            name=found.repo.rpartition("/")[2],
        )

    def canonical(self, type: str, repo: str) -> str:
        """The one address of a repository, whichever mirror it was pasted from."""
        return f"{self.url}{repo}"

    def demo(self, address: str) -> str:
        """The name of the running demonstration at ``address``; '' for any other address."""
        return ""

    def client(self) -> SourceClient:
        """What reads it, imported now."""
        raise NotImplementedError

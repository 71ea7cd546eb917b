"""Reads a place: the facts at one commit, its files, or only whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from artifacts.facts import Facts, Reference, contents
from artifacts.facts.small_files import Checkout
from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.place import Place
from artifacts.sources.recognising import SourceAddresses, recognise
from artifacts.sources.registered import source_named


def collect(place: Place, *, revision: str = "") -> Facts:
    """Everything that ``place`` says at one commit; raises a ``SourceError`` in words."""
    source = source_named(place.source)
    with source.client().pinned(place, revision or place.revision) as (said, checkout):
        facts = replace(said, pages=source.pages)
        return contents.complete(facts, checkout, SourceAddresses(), has_cards=source.has_cards)


def collect_licence(place: Place) -> Facts:
    """What the README and the licence files of a project's repository say at one commit.

    No history and no other file is read, so that a person can wait for it.
    """
    source = source_named(place.source)
    with source.client().licensed(place, place.revision) as (facts, checkout):
        return contents.licences(facts, checkout, has_cards=source.has_cards)


@contextmanager
def opened(facts: Facts) -> Iterator[Checkout]:
    """The files of ``facts``, readable as long as the block lasts."""
    with source_named(facts.source).client().opened(facts) as checkout:
        yield checkout


def lookup(reference: Reference) -> bool | None:
    """Whether what ``reference`` names exists; None where nobody can say."""
    try:
        place = recognise(reference.url)
    except UnrecognisedUrl:
        return None
    return source_named(place.source).client().exists(place)

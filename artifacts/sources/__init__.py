"""The only door to the outside: what a URL means, what is there, and its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Protocol

from django.conf import settings

from artifacts.facts import Facts, Reference
from artifacts.sources import places
from artifacts.sources.checkout import Checkout
from artifacts.sources.errors import SourceError, UnrecognisedUrl
from artifacts.sources.places import Place, checked_revision, recall, recognise
from artifacts.sources.retrying import limited_waiting

__all__ = [
    "Checkout",
    "Place",
    "checked_revision",
    "collect",
    "collect_licence",
    "collect_linked",
    "limited_waiting",
    "lookup",
    "opened",
    "recall",
    "recognise",
]

MAX_LOOKUPS = 20


class Source(Protocol):
    """What each place that we read from can do."""

    def pinned(
        self, place: Place, revision: str
    ) -> AbstractContextManager[tuple[Facts, Checkout]]: ...

    def opened(self, facts: Facts) -> AbstractContextManager[Checkout]: ...

    def exists(self, place: Place) -> bool | None: ...


def collect(place: Place, *, revision: str = "") -> Facts:
    """Everything that ``place`` says at one commit; raises a ``SourceError`` in words."""
    from artifacts.sources import contents

    with _source(place.source).pinned(place, revision or place.revision) as (facts, checkout):
        return contents.complete(facts, checkout)


def collect_licence(place: Place) -> Facts:
    """What the README and the licence files of a GitHub repository say at one commit.

    No history and no other file is read, so that a person can wait for it.
    """
    from artifacts.sources import contents
    from artifacts.sources.github import GitHub

    with GitHub().licensed(place, place.revision) as (facts, checkout):
        return contents.licences(facts, checkout)


@contextmanager
def opened(facts: Facts) -> Iterator[Checkout]:
    """The files of ``facts``, readable as long as the block lasts."""
    with _source(facts.source).opened(facts) as checkout:
        yield checkout


def lookup(reference: Reference) -> bool | None:
    """Whether what ``reference`` names exists; None where nobody can say."""
    try:
        place = recognise(reference.url)
    except UnrecognisedUrl:
        return None
    return _source(place.source).exists(place)


def collect_linked(facts: Facts, read: Callable[[Place], Facts] = collect) -> Facts:
    """``facts`` with those of the datasets and code they name; failures are facts as well.

    ``read`` gives the facts of one place, for callers that may know them already. What was
    read keeps the address it was named by, wherever it has moved since.
    """
    linked: list[Facts] = []
    problems: dict[str, str] = {}
    exists: dict[str, bool | None] = {}
    for place in _worth_following(facts):
        try:
            linked.append(replace(read(place), url=place.url))
            exists[place.url] = True
        except SourceError as exc:
            problems[place.url] = str(exc)
            exists[place.url] = False if exc.code == "source_not_found" else None
    with limited_waiting():  # what cannot be asked now is unknown, and nobody waits for it
        for reference in facts.references:
            is_parent = reference.kind == "model" and reference.relationship and reference.url
            if is_parent and reference.url not in exists and len(exists) < MAX_LOOKUPS:
                exists[reference.url] = lookup(reference)
    return replace(
        facts,
        has_linked=True,
        linked=tuple(linked),
        linked_problems=problems,
        references=tuple(
            replace(reference, exists=exists.get(reference.url, reference.exists))
            for reference in facts.references
        ),
    )


def _worth_following(facts: Facts) -> list[Place]:
    """The named datasets and code repositories in the order they were named, a few of each."""
    chosen: dict[str, Place] = {}
    left = {"dataset": settings.LINKED_MAX_DATASETS, "code": settings.LINKED_MAX_CODE}
    for reference in facts.references:
        if not reference.relationship or not reference.url or left.get(reference.kind, 0) < 1:
            continue
        place = recognise(reference.url)
        if place.key not in chosen and place.key != facts.url.casefold():
            chosen[place.key] = place
            left[reference.kind] -= 1
    return list(chosen.values())


def _source(name: str) -> Source:
    """The source of this name, imported when it is needed: the Hub's library takes a second."""
    if name == places.GITHUB:
        from artifacts.sources.github import GitHub

        return GitHub()
    if name == places.UPLOAD:
        from artifacts.sources.upload import Upload

        return Upload()
    from artifacts.sources.huggingface import HuggingFace

    return HuggingFace()

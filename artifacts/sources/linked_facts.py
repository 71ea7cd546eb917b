"""The facts of the datasets and code that an artifact names, read beside its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings

from artifacts.facts import Facts
from artifacts.sources.collecting import collect, lookup
from artifacts.sources.errors import SourceError
from artifacts.sources.place import Place
from artifacts.sources.recognising import recognise
from artifacts.sources.retrying import limited_waiting

MAX_LOOKUPS = 20


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

"""What an address means, pasted by a person, kept by a row of ours, or read in a card."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.pasted import in_words, located
from artifacts.sources.place import TYPES, Place
from artifacts.sources.registered import registered, source_named


def recognise(url: str, *, type: str | None = None) -> Place:
    """The place that ``url`` names; ``UnrecognisedUrl`` says what is wrong with any other."""
    if type is not None and type not in TYPES:
        raise UnrecognisedUrl(reason=f"There is no type {type!r}, only model, dataset and code.")
    source, segments = located(url)
    return source.place(source.read_address(segments), type=type)


def recall(url: str, *, type: str) -> Place:
    """The place of a canonical URL that a row of ours holds; uploads have one as well."""
    for source in registered():
        if found := source.recalled(url, type=type):
            return found
    return recognise(url, type=type)


def recognise_project(url: str) -> Place:
    """The repository of a project that may want to use a model; ``UnrecognisedUrl`` otherwise."""
    place = recognise(url)
    source = source_named(place.source)
    if source.can_be_project:
        return place
    known = [source for source in registered() if source.can_be_project]
    raise UnrecognisedUrl(
        reason=f"This is the address of a {place.type} on {source.title}; the project must be a "
        f"repository on {in_words([one.title for one in known], 'or')}, for example "
        f"{known[0].example}."
    )


class SourceAddresses:
    """What addresses and names mean, for the readers in ``artifacts.facts``."""

    @property
    def hosts(self) -> Sequence[str]:
        return [source.hosts[0] for source in registered() if source.hosts]

    @property
    def hub(self) -> str:
        return next((source.url.rstrip("/") for source in registered() if source.is_hub), "")

    def place(self, address: str) -> Place | None:
        try:
            return recognise(address)
        except UnrecognisedUrl:
            return None

    def named(self, type: str, name: str) -> Place | None:
        for source in registered():
            if source.is_hub:
                try:
                    return source.named(type, name)
                except UnrecognisedUrl:
                    return None
        return None

    def demo(self, address: str) -> str:
        return next(filter(None, (source.demo(address) for source in registered())), "")

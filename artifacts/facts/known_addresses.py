"""What addresses and names mean, asked of whoever knows: facts know no source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from artifacts.facts import model_names
from artifacts.facts.records import Reference

_PAGE = re.compile(
    r"/(?:tree|blob|resolve|raw|commits?|issues|pull|pulls|releases|wiki|discussions|actions"
    r"|viewer|edit|archive)(?:/.*)?$"
)


class SeenAt(NamedTuple):
    """Where something was named: as ``Reference`` keeps it."""

    seen_in: str
    path: str
    line: int | None = None


class NamedPlace(Protocol):
    """A repository that somebody named: its type, its name at its source, its canonical URL."""

    @property
    def type(self) -> str: ...

    @property
    def repo(self) -> str: ...

    @property
    def url(self) -> str: ...


class Addresses(Protocol):
    """What the readers here must be told about the sources of this registry."""

    @property
    def hosts(self) -> Sequence[str]:
        """The hosts that people also write without ``https://``."""
        ...

    @property
    def hub(self) -> str:
        """The address that the ids in cards and headers are relative to."""
        ...

    def place(self, address: str) -> NamedPlace | None:
        """The repository of this address; None where no source understands it."""
        ...

    def named(self, type: str, name: str) -> NamedPlace | None:
        """The repository that ``name`` means in a field of a card that is meant for ids."""
        ...

    def demo(self, address: str) -> str:
        """The name of the running demonstration at this address; '' for any other address."""
        ...


def recognised(addresses: Addresses, url: str) -> NamedPlace | None:
    """The repository behind a link, also where it points to a page inside of one."""
    address = url if "://" in url else f"https://{url}"
    address = re.sub(r"^http:", "https:", address, flags=re.IGNORECASE).split("#")[0].split("?")[0]
    found = addresses.place(_PAGE.sub("", address))
    if found is None:
        return None
    # one word after the host is a user or an organisation far more often than a legacy model
    is_repository = "/" in found.repo or found.repo in model_names.OWNERLESS
    return found if is_repository or found.type == "dataset" else None


def by_id(addresses: Addresses, kind: str, name: str, relationship: str, at: SeenAt) -> Reference:
    """What a field that is meant for ids names; without an address where it is none."""
    found = recognised(addresses, name) if "://" in name else addresses.named(kind, name)
    if found and found.type != kind:
        found = None
    shown = found.repo if found else name[:300]
    return Reference(kind, shown, found.url if found else "", relationship, *at)


def by_place(found: NamedPlace, relationship: str, at: SeenAt) -> Reference:
    """What a recognised address refers to."""
    return Reference(found.type, found.repo, found.url, relationship, *at)

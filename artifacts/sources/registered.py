"""The sources of this registry, as the setting SOURCES lists them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.source import Source


def registered() -> tuple[Source, ...]:
    """Every source, in the order in which people are told of them."""
    return _loaded(tuple(settings.SOURCES))


@lru_cache(maxsize=8)
def _loaded(paths: tuple[str, ...]) -> tuple[Source, ...]:
    return tuple(import_string(path)() for path in paths)


def source_named(name: str) -> Source:
    """The source that facts and places call ``name``."""
    for source in registered():
        if source.name == name:
            return source
    raise UnrecognisedUrl(reason=f"This registry reads no source called {name!r} (any more).")


def is_outside(url: str) -> bool:
    """Whether people can open this canonical address, and what is there may change."""
    source = source_of(url)
    return source is not None and source.is_outside


def file_page(url: str, revision: str, path: str = "", line: int | None = None) -> str:
    """The page of a file at its source, or what those of all files begin with; '' without one."""
    source = source_of(url)
    if source is None or not source.is_outside or not revision:
        return ""
    return source.pages.of_file(url, revision, path, line)


def revision_page(url: str, revision: str) -> str:
    """The page of a revision at its source; '' without one."""
    source = source_of(url)
    return source.pages.of_revision(url, revision) if source and source.is_outside else ""


def source_of(url: str) -> Source | None:
    """The source of a canonical address; None where it is not registered (any more)."""
    return next((source for source in registered() if url.startswith(source.url)), None)

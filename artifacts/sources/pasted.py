"""A pasted address, taken apart without touching the network: a source and the path there.

The public hubs and the configured endpoints are the only addresses understood, and both give
the same canonical form, so that an artifact stays the same artifact behind a mirror.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from artifacts.sources.egress import DEFAULT_PORTS
from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.registered import registered
from artifacts.sources.source import Source

MAX_URL_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """What addresses of a source begin with."""

    source: Source
    scheme: str
    host: str
    port: int
    prefix: tuple[str, ...] = ()


def located(url: str) -> tuple[Source, list[str]]:
    """The source of an address, and the segments of its path there."""
    parts = _split(url.strip(" \t\r\n") if len(url) <= MAX_URL_LENGTH else url)
    segments = parts.path.split("/")[1:]
    while segments and not segments[-1]:
        segments.pop()
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    try:
        port = parts.port or DEFAULT_PORTS.get(scheme, 0)
    except ValueError:
        port = 0
    for known in _endpoints():
        if (known.scheme, known.host, known.port) == (scheme, host, port) and known.prefix == tuple(
            segments[: len(known.prefix)]
        ):
            return known.source, segments[len(known.prefix) :]
    if scheme != "https" and any(host in source.hosts for source in registered()):
        raise UnrecognisedUrl(reason=f"Only https addresses are read: https://{host}{parts.path}")
    raise UnrecognisedUrl(reason=_what_is_understood())


def _what_is_understood() -> str:
    known = [source for source in registered() if source.example]
    hosts = in_words([source.hosts[0] for source in known], "and")
    examples = in_words([source.example for source in known], "or")
    return f"Only repositories of {hosts} are understood, for example {examples}."


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_LENGTH:
        raise UnrecognisedUrl(reason=f"An address has at most {MAX_URL_LENGTH} characters.")
    if "\\" in url or any(ord(letter) <= 32 or ord(letter) >= 127 for letter in url):
        raise UnrecognisedUrl(
            reason="The address holds spaces, backslashes or letters that addresses do not have."
        )
    try:
        parts = urlsplit(url)
    except ValueError as exc:
        raise UnrecognisedUrl(reason=f"This is not an address: {exc}.") from exc
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise UnrecognisedUrl(reason="The address holds a user name or password; leave it out.")
    return parts


def _endpoints() -> Sequence[_Endpoint]:
    """The configured endpoints before the public hosts, longer paths before shorter ones."""
    configured = [
        _endpoint(source, origin) for source in registered() for origin in source.origins()[:1]
    ]
    configured.sort(key=lambda known: -len(known.prefix))
    return [*configured, *_public()]


def _public() -> Iterator[_Endpoint]:
    for source in registered():
        for host in source.hosts:
            yield _Endpoint(source, "https", host, DEFAULT_PORTS["https"])


def _endpoint(source: Source, endpoint: str) -> _Endpoint:
    parts = urlsplit(endpoint)
    prefix = tuple(segment for segment in parts.path.split("/") if segment)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    return _Endpoint(source, parts.scheme, (parts.hostname or "").lower(), port, prefix)


def tree_revision(rest: Sequence[str], title: str) -> list[str]:
    """The segments after ``/tree/``, for sources whose pages of a revision are called so."""
    if rest and (rest[0] != "tree" or len(rest) < 2):
        raise UnrecognisedUrl(
            reason=f"The address points into a repository on {title} (/{rest[0]}); give that of "
            "the repository itself, or of one of its revisions (/tree/<revision>)."
        )
    return list(rest[1:])


def in_words(words: list[str], last: str) -> str:
    """``a, b and c`` of some words, with ``last`` before the last of them."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]

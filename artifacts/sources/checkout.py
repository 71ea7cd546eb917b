"""The bytes of one pinned revision: only what is listed, measured while it passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings

from artifacts.facts import FileFact
from artifacts.sources.errors import (
    SourceBroken,
    SourceForbidden,
    SourceNotFound,
    SourceTooLarge,
    SourceTruncated,
    SourceUnavailable,
)

CHUNK_BYTES = 1024 * 1024


def listed(source: str, files: Mapping[str, FileFact], path: str) -> FileFact:
    """The listed file of this path; nothing that is not listed is ever asked for."""
    try:
        return files[path]
    except KeyError:
        raise SourceNotFound(source=source, what=f"file {path!r} in its listing") from None


@contextmanager
def naming(path: str) -> Iterator[None]:
    """A transfer that is refused or breaks off says which file it was about."""
    try:
        yield
    except SourceNotFound as exc:
        raise SourceNotFound(**exc.details | {"what": f"file {path!r} any more"}) from exc
    except (SourceForbidden, SourceTruncated, SourceUnavailable) as exc:
        details = exc.details | {"reason": f"{path}: {exc.details['reason']}"}
        raise type(exc)(**details) from exc


def measured(source: str, file: FileFact, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Pass ``chunks`` on and raise as soon as they cannot be the file that was listed."""
    received, expected = 0, file.size_bytes
    limit = settings.SOURCE_MAX_FILE_BYTES if expected is None else expected
    for chunk in chunks:
        received += len(chunk)
        if received > limit:
            if expected is None:
                raise SourceTooLarge(source=source, reason=f"{file.path} exceeds {limit:,} bytes.")
            raise SourceBroken(
                source=source, reason=f"{file.path} is longer than the {expected:,} bytes listed."
            )
        yield chunk
    check_end(source, file, received)


def check_end(source: str, file: FileFact, received: int) -> None:
    """Raise ``SourceTruncated`` where fewer bytes came than were listed."""
    expected = file.size_bytes
    if expected is not None and received < expected:
        raise SourceTruncated(
            source=source,
            reason=f"{file.path} ended after {received:,} of the {expected:,} bytes listed.",
        )

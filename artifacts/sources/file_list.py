"""What a source lists, checked before anything is asked for: names, sizes, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings

from artifacts.facts import FileFact
from artifacts.sources.errors import SourceBroken, SourceTooLarge, UnsafePath

MAX_PATH_BYTES = 1024
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|^.:|^/|//|(?:^|/)(?:\.{1,2}|\.git)(?:/|$)", re.IGNORECASE)


def checked_path(source: str, path: object) -> str:
    """``path`` if it stays inside any folder on any system; ``UnsafePath`` otherwise."""
    if not isinstance(path, str) or not path or path.endswith("/") or _UNSAFE.search(path):
        raise UnsafePath(source=source, path=_shown(path))
    try:
        encoded = path.encode()
    except UnicodeEncodeError as exc:
        raise UnsafePath(source=source, path=_shown(path)) from exc
    if len(encoded) > MAX_PATH_BYTES:
        raise UnsafePath(source=source, path=_shown(path))
    return path


def _shown(path: object) -> str:
    return str(path)[:200].encode("ascii", "backslashreplace").decode()


def checked_files(source: str, files: Iterable[FileFact]) -> tuple[FileFact, ...]:
    """The listing sorted by path, within the limits of settings, each name safe and single."""
    found: dict[str, FileFact] = {}
    total = 0
    for file in files:
        path = checked_path(source, file.path)
        if path in found:
            raise SourceBroken(source=source, reason=f"{_shown(path)} is listed twice.")
        found[path] = file
        total += _checked_size(source, file)
        if len(found) > settings.SOURCE_MAX_FILES:
            raise SourceTooLarge(source=source, reason=f"over {settings.SOURCE_MAX_FILES:,} files.")
    if total > settings.SOURCE_MAX_TOTAL_BYTES:
        raise SourceTooLarge(source=source, reason=f"{total:,} bytes in all.")
    return tuple(found[path] for path in sorted(found))


def _checked_size(source: str, file: FileFact) -> int:
    size = file.size_bytes
    if size is None:
        return 0
    if not isinstance(size, int) or size < 0:
        raise SourceBroken(source=source, reason=f"{_shown(file.path)} has no possible size.")
    if size > settings.SOURCE_MAX_FILE_BYTES:
        raise SourceTooLarge(source=source, reason=f"{_shown(file.path)} has {size:,} bytes.")
    return size

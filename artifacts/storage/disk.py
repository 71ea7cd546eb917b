"""Files of this machine: private, locked while they are written, with trouble in words."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.utils.timezone import now

from artifacts.storage.errors import StorageUnavailable

JUST_BEGUN = timedelta(seconds=2)  # a file that is being made may not have its lock yet


@contextlib.contextmanager
def disk_trouble_explained() -> Iterator[None]:
    """Turns what a full or broken disk says into a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as exc:
        reasons = {
            errno.ENOSPC: "no space is left on the disk",
            errno.EDQUOT: "the disk quota is used up",
            errno.EROFS: "the disk is read-only",
            errno.EMFILE: "too many files are open",
        }
        reason = reasons.get(exc.errno or 0, os.strerror(exc.errno) if exc.errno else str(exc))
        raise StorageUnavailable(reason=reason) from exc


def private_directory(path: Path) -> Path:
    """``path``, made where needed, readable by nobody else at every level that was made."""
    missing = [path]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=0o700)
    return path


@contextlib.contextmanager
def scratch_file(directory: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new private file that is gone afterwards unless it was moved away."""
    with disk_trouble_explained():
        path = private_directory(directory) / uuid.uuid4().hex
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)  # until the file is closed, or its process is gone
    try:
        with os.fdopen(handle, "w+b", buffering=0) as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def write_all(file: BinaryIO, chunks: Iterable[bytes]) -> None:
    """Write ``chunks``; trouble of the disk is explained, trouble of their origin passes."""
    for chunk in chunks:
        with disk_trouble_explained():
            view = memoryview(chunk)
            while view:
                view = view[file.write(view) :]


def remove_old_files(directory: Path, older_than: datetime) -> int:
    """Delete the files of ``directory`` that are as old as that, or whose writer is gone."""
    removed = 0
    if not directory.is_dir():
        return removed
    for path in directory.iterdir():
        with contextlib.suppress(FileNotFoundError):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if written < older_than or (_is_abandoned(path) and written < now() - JUST_BEGUN):
                path.unlink()
                removed += 1
    return removed


def _is_abandoned(path: Path) -> bool:
    """Whether no living process holds the lock that ``scratch_file`` takes."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True

"""How a value is read: from the environment, from .env, or from a file that is kept."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import environs
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]

env = environs.Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()


def secret(name: str) -> str:
    """The variable, the file that ``<name>_FILE`` names, or a random value kept beside the data."""
    if given := env.str(name, ""):
        return str(given)
    if path := env.str(f"{name}_FILE", ""):
        with _blaming(f"{name}_FILE"):
            return Path(path).read_text().strip()
    kept = DATA_DIR / name.lower()
    with _blaming("DATA_DIR"):
        if not kept.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = kept.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):  # another process of the first start won
                kept.hardlink_to(draft)
            draft.unlink()
        return kept.read_text().strip()


@contextlib.contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Say which setting leads to a file that cannot be used."""
    try:
        yield
    except OSError as exc:
        raise ImproperlyConfigured(f"{name}: {exc.strerror}: {exc.filename}") from exc

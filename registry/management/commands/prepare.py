"""Bring database, cache, static files and the first admin to where serving can begin."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from registry import checks

IGNORED = ["redoc"]  # megabytes that no page of ours loads


class Command(BaseCommand):
    help = "Migrate, collect static files, and create the first admin. Safe to run again."

    def handle(self, **options: Any) -> None:
        if problems := checks.refusals():
            raise CommandError("The registry does not start like this:\n" + "\n".join(problems))
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            connection.ensure_connection()
        except OperationalError as exc:
            raise CommandError(f"The database does not answer (DATABASE_URL). {exc}") from exc
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        self._collect_static()
        call_command("ensure_admin", stdout=self.stdout)

    def _collect_static(self) -> None:
        """Collect and compress what the pages load, unless nothing changed since last time."""
        stamp = settings.STATIC_ROOT / ".collected"
        state = _state_of_static_files()
        if not stamp.exists() or stamp.read_text() != state:
            call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=IGNORED)
            stamp.write_text(state)


def _state_of_static_files() -> str:
    """A digest that differs as soon as one of the files does."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(IGNORED):
            about = Path(storage.path(path)).stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()

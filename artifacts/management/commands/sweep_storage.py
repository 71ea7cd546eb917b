"""``manage.py sweep_storage``: give back the space that nobody needs any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from artifacts.storage import upkeep


class Command(BaseCommand):
    help = "Delete blobs and bundles that no version has needed for the grace period."

    def handle(self, **options: Any) -> None:
        swept = upkeep.sweep_blobs()
        self.stdout.write(
            f"{swept.marked} newly unused, {swept.blobs} blobs and {swept.bundles} bundles "
            f"deleted ({swept.freed_bytes:,} bytes), {swept.temporary} leftovers removed"
        )

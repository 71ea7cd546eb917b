"""``manage.py fsck``: is every byte still what it was?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from artifacts.storage import upkeep


class Command(BaseCommand):
    help = "Read every stored object and compare it with its digest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="set damaged objects aside and write bundles again",
        )
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *, repair: bool, quiet: bool, **options: Any) -> None:
        checked = troubles = 0
        # disable=None hides the bar by itself when stderr is not a terminal
        with tqdm(
            total=upkeep.objects_to_check(), unit="object", disable=True if quiet else None
        ) as bar:

            def on_object(key: str) -> None:
                nonlocal checked
                checked += 1
                bar.update()

            for trouble in upkeep.fsck(repair=repair, on_object=on_object):
                troubles += 1
                self.stdout.write(f"{trouble.kind}\t{trouble.key}\t{trouble.detail}")
        if troubles:
            raise CommandError(f"{checked} objects checked, {troubles} in trouble")
        self.stdout.write(f"{checked} objects checked, all as they should be")

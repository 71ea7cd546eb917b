"""``manage.py rate``: measure again what is published, from the stored facts."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.timezone import is_naive, make_aware, now
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from artifacts.models import Artifact, ArtifactType
from ratings.metrics import CATALOGUE_VERSION
from ratings.models import Rating
from ratings.services import rate_again

logger = logging.getLogger(__name__)

INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Measure published artifacts again from their stored facts; nobody outside is asked. "
        "Each one is rated in a transaction of its own, so it can be stopped at any moment."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="artifacts to rate")
        parser.add_argument("--all", action="store_true", help="every published artifact")
        parser.add_argument("--type", choices=ArtifactType.values, help="only of this type")
        parser.add_argument(
            "--outdated", action="store_true", help="only what an older catalogue rated"
        )
        parser.add_argument(
            "--rated-before",
            type=_moment,
            metavar="MOMENT",
            help="only what was last rated before, for example 2026-11-23T12:00",
        )
        parser.add_argument("--limit", type=_count, help="stop after this many")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *, ids: list[int], quiet: bool, **options: Any) -> None:
        if bool(ids) == options["all"]:
            raise CommandError("Give the ids of artifacts, or --all.")
        chosen = _chosen(ids, options)
        begun, started = now(), time.monotonic()
        done = moved = failed = 0
        try:
            with logging_redirect_tqdm():  # lines of the log do not cut the bar in pieces
                # disable=None hides the bar by itself when stderr is not a terminal
                for pk in tqdm(chosen, unit="artifact", disable=True if quiet else None):
                    try:
                        moved += _rate(pk)
                    except Exception:  # a bug in one rating must be loud and stop no other
                        logger.exception("artifact %s could not be rated", pk)
                        failed += 1
                    done += 1
        except KeyboardInterrupt:
            self.stderr.write(
                f"Stopped after {done} of {len(chosen)}. The same command with"
                f" --rated-before {begun:%Y-%m-%dT%H:%M:%S} goes on from here."
            )
            raise SystemExit(INTERRUPTED) from None
        seconds = max(time.monotonic() - started, 1e-9)
        self.stdout.write(
            f"{done - failed} rated in {seconds:.1f} s ({done / seconds:.1f} per second);"
            f" {moved} net scores moved, {failed} failed"
        )
        if failed:
            raise CommandError(f"{failed} could not be rated; the log has why.")


def _chosen(ids: list[int], options: dict[str, Any]) -> list[int]:
    """The ids to rate, in their order; raises CommandError for one that cannot be."""
    ready = Artifact.objects.ready()
    if ids:
        possible = [pk for pk in ids if pk < 2**63]  # databases refuse to be asked about more
        known = set(ready.filter(pk__in=possible).values_list("pk", flat=True))
        if missing := [str(pk) for pk in ids if pk not in known]:
            raise CommandError(f"Not published here: {', '.join(missing)}.")
    found = _filtered(ready, options)
    chosen = found.filter(pk__in=ids) if ids else found
    return list(chosen.order_by("pk").values_list("pk", flat=True)[: options["limit"]])


def _filtered(artifacts: QuerySet[Artifact], options: dict[str, Any]) -> QuerySet[Artifact]:
    newest = Rating.objects.filter(version=OuterRef("current")).order_by("-pk")
    if options["type"]:
        artifacts = artifacts.filter(type=options["type"])
    if options["outdated"]:
        catalogue = Subquery(newest.values("catalogue_version")[:1])
        artifacts = artifacts.alias(catalogue=catalogue).exclude(catalogue=CATALOGUE_VERSION)
    if options["rated_before"]:
        rated = Subquery(newest.values("created")[:1])
        artifacts = artifacts.alias(rated=rated).filter(rated__lt=options["rated_before"])
    return artifacts


def _rate(pk: int) -> bool:
    """Rate the current version of one artifact; whether its net score moved."""
    artifact = Artifact.objects.select_related("current").filter(pk=pk).first()
    if artifact is None or artifact.current is None:  # it was deleted or taken away since
        return False
    artifact.current.artifact = artifact
    return rate_again(artifact.current).net_score != artifact.net_score


def _count(text: str) -> int:
    count = int(text) if text.isdecimal() else -1
    if not 0 <= count < 2**63:
        raise ArgumentTypeError(f"{text!r} is no number of artifacts.")
    return count


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        example = "2026-11-23T12:00"
        raise ArgumentTypeError(f"{text!r} is no moment such as {example}.") from None
    return make_aware(moment) if is_naive(moment) else moment

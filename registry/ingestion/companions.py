"""What an artifact names: read once and kept for its rating, then registered for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

import ratings.services
from artifacts import services, sources
from artifacts.errors import AlreadyRegistered
from artifacts.facts import Facts, Popularity
from artifacts.models import Artifact, Observation, Version, new_note
from common.errors import RegistryError
from ratings.observing.linked_artifacts import is_general_tool

if TYPE_CHECKING:
    from artifacts.sources import Place


def collect_linked(version: Version, facts: Facts) -> Facts:
    """``facts`` with those of the datasets and code they name, stored beside the version.

    A second run keeps what the first one read, so a rating does not change by a restart.
    What was read a short while ago, for whomever, is not read again.
    """
    if not facts.has_linked:
        rows: list[Observation] = []

        def read(place: Place) -> Facts:
            row = _recent(place) or _keep(place, sources.collect(place), read=now())
            rows.append(row)
            return Facts.from_json(row.facts)

        facts = sources.collect_linked(facts, read)
        version.observations.set(rows)
    return replace(facts, linked=ratings.services.linked_facts(version, facts))


def _recent(place: Place) -> Observation | None:
    """What was read of ``place`` lately, for another rating or because it is registered here."""
    since = now() - timedelta(hours=settings.LINKED_REUSE_HOURS)
    rows = Observation.objects.filter(type=place.type, source_url=place.url, collected__gt=since)
    if (row := rows.order_by("-collected", "-pk").first()) is not None:
        return row
    registered = Artifact.objects.filter(
        type=place.type,
        source_key=place.key,
        current__requested_revision="",
        current__started__gt=since,
    )
    artifact = registered.select_related("current").first()
    current = artifact.current if artifact else None
    if current is None or current.started is None or not current.facts:
        return None
    return _keep(place, Facts.from_json(current.facts), read=current.started)


@transaction.atomic
def _keep(place: Place, facts: Facts, *, read: datetime) -> Observation:
    """The row that holds ``facts``: one that says the same already, or a new one.

    Rows never change, because ratings were computed from them; those that no version
    needs any more go when newer ones of the same place arrive.
    """
    facts = replace(
        facts,
        url=place.url,
        has_linked=False,
        linked_problems={},
        references=tuple(replace(reference, exists=None) for reference in facts.references),
    )
    same_place = Observation.objects.filter(type=place.type, source_url=place.url)
    for row in same_place.filter(revision=facts.revision).order_by("-pk"):
        if _essence(Facts.from_json(row.facts)) == _essence(facts):
            row.collected = max(row.collected, read)
            row.save(update_fields=["collected"])
            return row
    old = now() - timedelta(hours=settings.LINKED_REUSE_HOURS)
    same_place.filter(versions=None, collected__lt=old).delete()
    return Observation.objects.create(
        type=place.type,
        source_url=place.url,
        revision=facts.revision,
        facts=facts.to_json(),
        collected=read,
    )


def _essence(facts: Facts) -> Facts:
    """``facts`` without what changes by the hour and counts for nothing."""
    return replace(facts, popularity=Popularity())


def register_linked(version: Version, facts: Facts) -> list[Artifact]:
    """Register the datasets and repositories that ``version`` names, and return the new ones.

    To be called in the transaction that publishes ``version``: a model that was refused
    brings nothing. What was read for its rating is registered at the revision that was
    read, unless it is here already, is a general tool, or is larger than
    LINKED_MAX_BYTES. An artifact that was brought by another one brings nothing itself.
    """
    origin = version.artifact
    if origin.origin_id is not None:
        return []
    brought: list[Artifact] = []
    left_out: list[str] = []
    for linked in facts.linked:
        is_here = Artifact.objects.filter(type=linked.type, source_key=linked.url.casefold())
        if is_general_tool(linked.url) or is_here.exists():
            continue
        size_bytes = sum(file.size_bytes or 0 for file in linked.files)
        if size_bytes > settings.LINKED_MAX_BYTES:
            limit = f"LINKED_MAX_BYTES is {settings.LINKED_MAX_BYTES:,}"
            left_out.append(f"{linked.url} has {size_bytes:,} bytes, and {limit}")
            continue
        try:
            brought.append(_register(linked, origin))
        except AlreadyRegistered:  # somebody was faster
            continue
        except RegistryError as exc:  # what is wrong with it is no failure of the model
            left_out.append(f"{linked.url}: {exc}")
    _note_brought(version, brought, left_out)
    return brought


def _register(linked: Facts, origin: Artifact) -> Artifact:
    """A new artifact that begins with the facts that were read."""
    version = services.register(url=linked.url, type=linked.type, owner=origin.owner, origin=origin)
    Version.objects.filter(pk=version.pk).update(
        revision=linked.revision,
        facts=linked.to_json(),
        notes=[new_note(f"Named by {origin.name}, and read for it at {linked.revision[:12]}.")],
    )
    return version.artifact


def _note_brought(version: Version, brought: list[Artifact], left_out: list[str]) -> None:
    said = []
    if brought:
        names = ", ".join(artifact.name for artifact in brought)
        said.append(f"Registered what it names: {names}.")
    if left_out:
        said.append(f"Left for a person to register: {'; '.join(left_out).rstrip('.')}.")
    if said:
        notes = [*version.notes, *map(new_note, said)]
        Version.objects.filter(pk=version.pk).update(notes=notes)
        version.notes = notes

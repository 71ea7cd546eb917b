"""What can be done to an artifact. Pages, the API, commands and jobs all come through here."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now

from artifacts import audit_actions, sources
from artifacts.errors import (
    AlreadyRegistered,
    IngestionRunning,
    InvalidName,
    NothingToRetry,
    NotQuarantined,
    NotReady,
)
from artifacts.ingesting import queue
from artifacts.models import Artifact, State, Version
from artifacts.search import documents

if TYPE_CHECKING:
    from accounts.models import User
    from artifacts.sources import Place

NAME_LENGTH = 255


def clean_name(name: str) -> str:
    """The name as it is kept; raises InvalidName for one that nobody could type or read."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise InvalidName(reason="A name needs at least one visible character.")
    if len(name) > NAME_LENGTH:
        raise InvalidName(reason=f"A name has at most {NAME_LENGTH} characters, not {len(name)}.")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        raise InvalidName(reason="A name must not contain control characters.")
    if name == "*":
        raise InvalidName(reason='"*" stands for all artifacts and cannot be a name.')
    return name


def register(
    *,
    url: str,
    type: str,
    owner: User | None,
    name: str = "",
    revision: str = "",
    origin: Artifact | None = None,
) -> Version:
    """Register what ``url`` points to and queue its ingestion; no network is touched.

    Raises UnrecognisedUrl, InvalidName, and AlreadyRegistered when the source is here
    already: the unique constraint decides, so of two callers at once only one wins.
    """
    place = sources.recognise(url, type=type)
    return admit(place, owner=owner, name=name, revision=revision, origin=origin)


def admit(
    place: Place,
    *,
    owner: User | None,
    name: str = "",
    revision: str = "",
    origin: Artifact | None = None,
) -> Version:
    """Make the rows of what is at ``place`` and queue its ingestion; raises like ``register``."""
    type = place.type
    name = clean_name(name) if name else place.name
    revision = sources.checked_revision(revision)
    with transaction.atomic():
        try:
            with transaction.atomic():
                artifact = Artifact.objects.create(
                    type=type,
                    name=name,
                    source_url=place.url,
                    source_key=place.key,
                    owner=owner,
                    origin=origin,
                )
        except IntegrityError:
            existing = Artifact.objects.get(type=type, source_key=place.key)
            raise AlreadyRegistered(
                type=type, id=str(existing.pk), name=existing.name, url=place.url
            ) from None
        return _new_version(artifact, place, by=owner, revision=revision or place.revision)


def refresh(artifact: Artifact, *, by: User | None, url: str = "") -> Version:
    """Ingest the artifact's source again, or another one; the current version stays until then.

    An address without a revision means the one that was asked for before, so a branch is
    followed. Raises IngestionRunning while a version is being made, and AlreadyRegistered if
    ``url`` belongs to another artifact.
    """
    is_known = url in {"", artifact.source_url}
    find_place = sources.recall if is_known else sources.recognise
    place = find_place(url or artifact.source_url, type=artifact.type)
    return _ingest_again(artifact, place, by=by, revision=_asked_before(artifact, place))


def retry(version: Version, *, by: User | None) -> Version:
    """Try a failed or rejected version again, as a new version of the same revision."""
    if version.state not in {State.FAILED, State.REJECTED}:
        raise NothingToRetry(state=version.get_state_display().lower())
    artifact = version.artifact
    place = sources.recall(version.source_url, type=artifact.type)
    return _ingest_again(artifact, place, by=by, revision=version.requested_revision)


def _asked_before(artifact: Artifact, place: Place) -> str:
    """The revision in the address, else the one asked for last of the same source.

    Both hubs ignore letter case, so an address counts in any.
    """
    same = artifact.versions.filter(source_url__iexact=place.url).order_by("-number")
    return place.revision or same.values_list("requested_revision", flat=True).first() or ""


def _ingest_again(artifact: Artifact, place: Place, *, by: User | None, revision: str) -> Version:
    taken = Artifact.objects.filter(type=artifact.type, source_key=place.key)
    other = taken.exclude(pk=artifact.pk).first()
    if other is not None:
        raise AlreadyRegistered(type=other.type, id=str(other.pk), name=other.name, url=place.url)
    return _new_version(artifact, place, by=by, revision=revision)


def _new_version(artifact: Artifact, place: Place, *, by: User | None, revision: str) -> Version:
    try:
        with transaction.atomic():
            last = artifact.versions.aggregate(last=Max("number"))["last"] or 0
            version = Version.objects.create(
                artifact=artifact,
                number=last + 1,
                source_url=place.url,
                requested_revision=revision,
                requested_by=by,
            )
            if last:
                audit_actions.record(artifact, "UPDATE", by, version=version.number)
            queue(version.pk)
    except IntegrityError:
        raise IngestionRunning(name=artifact.name) from None
    return version


def rename(artifact: Artifact, *, name: str) -> None:
    """Change the name people read; the id and the source stay."""
    name = clean_name(name)
    if name != artifact.name:
        artifact.name = name
        artifact.save(update_fields=["name"])


@transaction.atomic
def update(
    artifact: Artifact, *, by: User | None, name: str, url: str, is_refresh: bool = False
) -> Version | None:
    """Rename, and ingest again if ``url`` is another one or ``is_refresh``: all or nothing.

    None if nothing is to be fetched: the address of its source, in whatever spelling, changes
    nothing. Raises what ``rename`` and ``refresh`` raise.
    """
    is_fetched = is_refresh or not _is_source(artifact, url)
    # first, so that what refuses it speaks of the name that is stored
    version = refresh(artifact, by=by, url=url) if is_fetched else None
    rename(artifact, name=name)
    return version


def _is_source(artifact: Artifact, url: str) -> bool:
    if url == artifact.source_url:
        return True
    place = sources.recognise(url, type=artifact.type)
    return place.key == artifact.source_key and not place.revision


@transaction.atomic
def delete(artifact: Artifact) -> None:
    """Remove an artifact and its versions; bytes go later, when nothing refers to them."""
    artifact.delete()


@transaction.atomic
def publish(version: Version, *, net_score: float | None, coverage: float | None) -> Artifact:
    """Make a version READY and current, in one transaction.

    Raises AlreadyRegistered if another artifact took the source meanwhile.
    """
    artifact = Artifact.objects.select_for_update().get(pk=version.artifact_id)
    if version.source_url != artifact.source_url:
        _move(artifact, version.source_url)
    version.state, version.reason, version.reason_code = State.READY, "", ""
    version.stage, version.claim, version.finished = "", "", now()
    version.save()
    artifact.current = version
    artifact.license = version.license
    artifact.net_score, artifact.coverage = net_score, coverage
    artifact.size_bytes = version.size_bytes
    artifact.published = version.finished
    artifact.is_quarantined = False
    artifact.save()
    documents.index(version)
    return artifact


def _move(artifact: Artifact, url: str) -> None:
    key = sources.recall(url, type=artifact.type).key
    other = Artifact.objects.filter(type=artifact.type, source_key=key).exclude(pk=artifact.pk)
    if taken := other.first():
        raise AlreadyRegistered(type=taken.type, id=str(taken.pk), name=taken.name, url=url)
    artifact.source_url, artifact.source_key = url, key


@transaction.atomic
def quarantine(version: Version, *, reason: str) -> None:
    """Take a READY version out of lists, search, lineage and downloads; nothing is lost."""
    version = Version.objects.select_for_update().get(pk=version.pk)
    if version.state != State.READY:
        raise NotReady(what=version.artifact.name, state=version.get_state_display().lower())
    version.state, version.reason, version.reason_code = State.QUARANTINED, reason, "quarantined"
    version.save(update_fields=["state", "reason", "reason_code"])
    artifact = version.artifact
    if artifact.current_id == version.pk:
        artifact.current, artifact.is_quarantined = None, True
        artifact.save(update_fields=["current", "is_quarantined"])


@transaction.atomic
def release(version: Version) -> None:
    """Undo ``quarantine``; the version is current again unless another one is."""
    version = Version.objects.select_for_update().get(pk=version.pk)
    if version.state != State.QUARANTINED:
        raise NotQuarantined(what=version.artifact.name)
    version.state, version.reason, version.reason_code = State.READY, "", ""
    version.save(update_fields=["state", "reason", "reason_code"])
    artifact = version.artifact
    if artifact.current_id is None:
        artifact.current, artifact.is_quarantined = version, False
        artifact.save(update_fields=["current", "is_quarantined"])

"""Keeping the storage as the rows say: what nobody needs goes, what is damaged is found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import now

from artifacts.models import Blob, File, Version
from artifacts.storage import bundles
from artifacts.storage.blobs import artifact_storage
from artifacts.storage.errors import ObjectMissing
from artifacts.storage.interface import SHA256, StoredObject, blob_key, bundle_key
from common.errors import RegistryError

# Longer than any transfer that still lives: workers give up before.
TEMP_SECONDS = 24 * 3600
# A mark so old that no grace is left.
FORGOTTEN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Swept:
    """What one sweep did."""

    marked: int = 0
    blobs: int = 0
    bundles: int = 0
    temporary: int = 0
    freed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """One object that is not as the rows say: damaged, missing, or stray."""

    kind: str
    key: str
    detail: str


def clean_temp(older_than: datetime | None = None) -> int:
    """Remove what killed workers left behind, by default what is older than a day."""
    limit = older_than or now() - timedelta(seconds=max(TEMP_SECONDS, settings.JOB_TIMEOUT_SECONDS))
    return artifact_storage().clean_temp(limit)


def sweep_blobs() -> Swept:
    """Mark what no version needs, and delete what has been marked for the grace period.

    Safe at any time, also while versions arrive: storing a blob takes its mark away first,
    and deleting looks again at the row it has locked.
    """
    swept = Swept(temporary=clean_temp())
    limit = now() - timedelta(seconds=settings.BLOB_GRACE_SECONDS)
    stored = artifact_storage().objects("blobs")
    while page := list(islice(stored, 500)):
        _adopt(page)
    needed = Exists(File.objects.filter(blob=OuterRef("pk")))
    Blob.objects.filter(needed, orphaned__isnull=False).update(orphaned=None)
    swept.marked = Blob.objects.filter(~needed, orphaned=None).update(orphaned=now())
    for sha256 in list(Blob.objects.filter(orphaned__lt=limit).values_list("pk", flat=True)):
        freed = _delete_blob(sha256, limit)
        if freed is not None:
            swept.blobs += 1
            swept.freed_bytes += freed
    for found in artifact_storage().objects("bundles"):
        if found.modified < limit and _delete_bundle(found):
            swept.bundles += 1
            swept.freed_bytes += found.size_bytes
    return swept


def forget_blobs() -> None:
    """Give up every blob; one that somebody stores again from now on is safe."""
    Blob.objects.update(orphaned=FORGOTTEN)


def sweep_forgotten(is_enough: Callable[[], bool]) -> Swept | None:
    """Remove given-up blobs and bundles of no version at once; None if it was enough before."""
    swept = Swept()
    for sha256 in list(Blob.objects.filter(orphaned=FORGOTTEN).values_list("pk", flat=True)):
        freed = _delete_blob(sha256, FORGOTTEN + timedelta(seconds=1))
        if freed is not None:
            swept.blobs += 1
            swept.freed_bytes += freed
        if is_enough():
            return None
    for found in artifact_storage().objects("bundles"):
        if _delete_bundle(found):
            swept.bundles += 1
            swept.freed_bytes += found.size_bytes
        if is_enough():
            return None
    return swept


def _adopt(found: Iterable[StoredObject]) -> None:
    """Objects without a row (of a restored database) get one, and with it a grace period."""
    sizes = {one.name: one.size_bytes for one in found if SHA256.fullmatch(one.name)}
    known = set(Blob.objects.filter(pk__in=sizes).values_list("pk", flat=True))
    for sha256 in sizes.keys() - known:
        Blob.objects.get_or_create(
            sha256=sha256,
            defaults={"git_sha1": "", "size_bytes": sizes[sha256], "orphaned": now()},
        )


def _delete_blob(sha256: str, limit: datetime) -> int | None:
    """Delete the object and its row together; None where somebody needs them again."""
    with transaction.atomic():
        blob = Blob.objects.select_for_update().filter(pk=sha256, orphaned__lt=limit).first()
        if blob is None or blob.files.exists():
            return None
        # the object first: a row without bytes heals itself, bytes without a row do not
        artifact_storage().remove(blob_key(sha256))
        blob.delete()
        return blob.size_bytes


def _delete_bundle(found: StoredObject) -> bool:
    """Delete a bundle without a version; if one appears meanwhile, it is written again."""
    if not SHA256.fullmatch(found.name):
        return False
    users = Version.objects.filter(manifest_sha256=found.name)
    if users.exists():
        return False
    artifact_storage().remove(found.key)
    version = users.first()
    if version is not None:
        bundles.write_bundle(version)
        return False
    return True


def _quietly(key: str) -> None:
    """Nobody watches."""


def objects_to_check() -> int:
    """How many steps ``fsck`` will take, about."""
    bundled = Version.objects.exclude(bundle_sha256="").values("manifest_sha256").distinct()
    return Blob.objects.count() + bundled.count()


def fsck(*, repair: bool = False, on_object: Callable[[str], None] = _quietly) -> Iterator[Trouble]:
    """Read every object and compare it with its digest; yields what is wrong.

    With ``repair`` a damaged object is set aside, so that the next ingestion stores it again,
    and a damaged or missing bundle is written again from its files.
    """
    yield from _check_blobs(repair=repair, on_object=on_object)
    yield from _check_bundles(repair=repair, on_object=on_object)
    for folder, known in (("blobs", _is_known_blob), ("bundles", _is_known_bundle)):
        for found in artifact_storage().objects(folder):
            if not known(found.name):
                yield Trouble("stray", found.key, "no row knows this object")


def _check_blobs(*, repair: bool, on_object: Callable[[str], None]) -> Iterator[Trouble]:
    storage = artifact_storage()
    for blob in Blob.objects.order_by("pk").iterator(chunk_size=500):
        key = blob_key(blob.sha256)
        on_object(key)
        actual = _digest(key)
        if actual is None:
            if blob.files.exists():  # else it is on its way in or out
                yield Trouble("missing", key, f"{blob.size_bytes:,} bytes are lost")
        elif actual != blob.sha256:
            if repair:
                storage.set_aside(key)
            yield Trouble("damaged", key, f"it hashes to {actual}")


def _check_bundles(*, repair: bool, on_object: Callable[[str], None]) -> Iterator[Trouble]:
    seen = set()
    for version in Version.objects.light().exclude(bundle_sha256="").order_by("pk").iterator():
        if version.manifest_sha256 in seen:
            continue
        seen.add(version.manifest_sha256)
        key = bundle_key(version.manifest_sha256)
        on_object(key)
        actual = _digest(key)
        if actual == version.bundle_sha256:
            continue
        kind = "missing" if actual is None else "damaged"
        detail = f"the bundle of version {version.pk} is {kind}"
        yield Trouble(kind, key, detail + (_rewrite(version, key) if repair else ""))


def _rewrite(version: Version, key: str) -> str:
    """Write a bundle again from its files; says in words what came of it."""
    try:
        if artifact_storage().stored_size(key) is not None:
            artifact_storage().set_aside(key)
        bundles.write_bundle(version)
    except RegistryError as exc:
        return f", and cannot be written again: {exc}"
    return ", and was written again"


def _digest(key: str) -> str | None:
    digest = hashlib.sha256()
    try:
        for chunk in artifact_storage().stream(key):
            digest.update(chunk)
    except ObjectMissing:
        return None
    return digest.hexdigest()


def _is_known_blob(name: str) -> bool:
    return Blob.objects.filter(pk=name).exists()


def _is_known_bundle(name: str) -> bool:
    return Version.objects.filter(manifest_sha256=name).exists()

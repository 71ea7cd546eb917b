"""What nobody needs goes after a while, what is needed never does, and damage is found."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import now

from artifacts import storage
from artifacts.models import Blob, Version
from artifacts.storage import bundles, upkeep
from artifacts.storage.interface import blob_key, bundle_key
from tests.artifacts.test_bundles import TREE, version_of

pytestmark = pytest.mark.django_db


def published(tree: dict[str, bytes] = TREE, *, name: str = "bert") -> Version:
    version = version_of(tree, name=name)
    version.bundle_sha256, version.bundle_size_bytes = bundles.write_bundle(version)
    version.save()
    return version


def keys(store) -> set[str]:
    return {found.key for folder in ("blobs", "bundles") for found in store.objects(folder)}


@pytest.fixture
def no_grace(settings):
    settings.BLOB_GRACE_SECONDS = -60


class TestSweeping:
    def test_what_a_version_needs_stays(self, store, no_grace):
        published()
        before = keys(store)
        swept = [upkeep.sweep_blobs() for _ in range(3)]
        assert keys(store) == before
        assert not any(one.blobs or one.bundles or one.marked for one in swept)

    def test_what_nobody_needs_goes_with_its_row(self, store, no_grace):
        published().artifact.delete()
        swept = upkeep.sweep_blobs()
        assert swept.blobs == swept.marked > 0
        assert swept.bundles == 1
        assert swept.freed_bytes > 0
        assert keys(store) == set()
        assert not Blob.objects.exists()

    def test_it_is_kept_for_the_grace_period(self, store):
        published().artifact.delete()
        before = keys(store)
        assert upkeep.sweep_blobs().marked > 0
        assert upkeep.sweep_blobs().marked == 0
        assert keys(store) == before

    def test_what_two_versions_share_stays_for_the_other(self, store, no_grace):
        other = published({"README.md": TREE["README.md"]}, name="other")
        published().artifact.delete()
        upkeep.sweep_blobs()
        assert [blob.pk for blob in Blob.objects.all()] == [other.files.get().blob_id]
        bundle = bundle_key(other.manifest_sha256)
        assert keys(store) == {blob_key(other.files.get().blob_id), bundle}

    def test_a_mark_is_taken_away_when_a_version_comes_back(self, store):
        published().artifact.delete()
        upkeep.sweep_blobs()
        published()
        assert not Blob.objects.filter(orphaned__isnull=False).exists()

    def test_what_is_revived_between_the_look_and_the_deletion_stays(
        self, store, no_grace, monkeypatch
    ):
        """The sweeper has made its list; then a version brings the same bytes again."""
        published().artifact.delete()
        delete = upkeep._delete_blob

        def late(sha256, limit):
            published(name="revived")
            return delete(sha256, limit)

        monkeypatch.setattr(upkeep, "_delete_blob", late)
        assert upkeep.sweep_blobs().blobs == 0
        assert not list(upkeep.fsck())

    def test_what_was_stored_again_stays_before_a_file_names_it(self, store, no_grace, monkeypatch):
        blob = storage.store_blob([b"again"], size_bytes=5)
        delete = upkeep._delete_blob

        def late(sha256, limit):
            assert storage.have_blob(sha256)
            return delete(sha256, limit)

        monkeypatch.setattr(upkeep, "_delete_blob", late)
        assert upkeep.sweep_blobs().blobs == 0
        assert b"".join(storage.open_blob(blob)) == b"again"

    def test_a_bundle_that_is_needed_again_while_it_goes_is_written_again(
        self, store, no_grace, monkeypatch
    ):
        old = published()
        key = bundle_key(old.manifest_sha256)
        old.artifact.delete()
        real = storage.blobs.artifact_storage
        remove = real().remove

        def removing(gone):
            if gone == key:
                published(name="revived")
            remove(gone)

        monkeypatch.setattr(real(), "remove", removing)
        assert upkeep.sweep_blobs().bundles == 0
        assert store.stored_size(key)

    def test_an_object_without_a_row_gets_a_grace_period_too(self, store, settings):
        blob = storage.store_blob([b"stray"], size_bytes=5)
        Blob.objects.all().delete()
        upkeep.sweep_blobs()
        assert Blob.objects.get().orphaned is not None
        assert storage.have_blob(blob.sha256) is None  # nobody knows its git digest
        assert storage.store_blob([b"stray"], size_bytes=5).git_sha1 == blob.git_sha1
        settings.BLOB_GRACE_SECONDS = -60
        upkeep.sweep_blobs()
        assert keys(store) == set()

    def test_a_row_whose_object_never_came_goes_too(self, store, no_grace):
        Blob.objects.create(sha256="0" * 64, git_sha1="1" * 40, size_bytes=1)
        assert upkeep.sweep_blobs().blobs == 1
        assert not Blob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_bytes_survive_a_sweeper_that_never_rests(files, settings):
    """One thread stores, uses and drops the same bytes again and again; another sweeps."""
    settings.BLOB_GRACE_SECONDS = 0
    done, lost, troubles = threading.Event(), [], []

    def sweep() -> None:
        try:
            while not done.is_set():
                upkeep.sweep_blobs()
        except Exception as exc:
            troubles.append(exc)
        finally:
            connection.close()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        settings.BLOB_GRACE_SECONDS = 1  # a version has that long to name its blob
        for _ in range(15):
            version = version_of({"a": b"again and again", "b": b"and again"})
            lost += [f for f in version.files.all() if storage.have_blob(f.blob_id) is None]
            version.artifact.delete()
    finally:
        done.set()
        sweeper.join()
    assert not lost
    assert not troubles


class TestFsck:
    def test_all_is_well(self, store, capsys):
        published()
        call_command("fsck", "--quiet")
        assert "all as they should be" in capsys.readouterr().out

    def test_one_flipped_byte_of_any_object_is_found(self, files):
        """P4: every object, one byte each."""
        published()
        objects = keys(files)
        flipped = set()
        for key in objects:
            path = files.path_of(key)
            content = path.read_bytes()
            if content:
                path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
                flipped.add(key)
        found = list(upkeep.fsck())
        assert {trouble.key for trouble in found} == flipped
        assert {trouble.kind for trouble in found} == {"damaged"}

    def test_what_is_missing_is_found(self, store):
        version = published()
        gone = {
            blob_key(version.files.get(path="Zebra").blob_id),
            bundle_key(version.manifest_sha256),
        }
        for key in gone:
            store.remove(key)
        found = list(upkeep.fsck())
        assert {(trouble.kind, trouble.key) for trouble in found} == {
            ("missing", key) for key in gone
        }

    def test_strays_are_found(self, store):
        storage.store_blob([b"x"], size_bytes=1)
        Blob.objects.all().delete()
        assert [trouble.kind for trouble in upkeep.fsck()] == ["stray"]

    def test_repair_makes_room_for_the_right_bytes(self, store, capsys):
        version = published()
        blob = version.files.get(path="README.md").blob
        store.remove(blob_key(blob.sha256))
        store.remove(bundle_key(version.manifest_sha256))
        wrong = b"# A mudel\n"
        store.put([wrong], lambda: blob_key(blob.sha256), size_bytes=len(wrong))
        damaged, bundle = upkeep.fsck(repair=True)
        assert damaged.kind == "damaged"
        assert "cannot be written again" in bundle.detail  # not without the right bytes
        assert storage.have_blob(blob.sha256) is None
        storage.store_blob([TREE["README.md"]], size_bytes=len(TREE["README.md"]))
        with pytest.raises(CommandError, match="1 in trouble"):
            call_command("fsck", "--repair", "--quiet")
        assert "missing" in capsys.readouterr().out
        call_command("fsck", "--quiet")


def test_the_sweep_has_a_command(store, capsys, settings):
    settings.BLOB_GRACE_SECONDS = -60
    published().artifact.delete()
    call_command("sweep_storage")
    assert "1 bundles deleted" in capsys.readouterr().out


def test_leftovers_of_a_transfer_that_may_still_live_stay(files):
    (files.root / "tmp").mkdir(parents=True)
    (files.root / "tmp" / "x").touch()
    assert upkeep.clean_temp() == 0
    assert upkeep.clean_temp(now() + timedelta(seconds=5)) == 1

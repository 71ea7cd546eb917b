"""Bytes are kept once, whole, under their digest: with files and with a real S3 server."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import now

from artifacts import storage
from artifacts.models import Blob
from artifacts.storage import disk, interface
from artifacts.storage import file_store as files_module
from artifacts.storage import s3 as s3_module
from artifacts.storage.interface import blob_key, bundle_key

pytestmark = pytest.mark.django_db

TEXT = b"weights, more or less\n" * 1000


def in_chunks(data: bytes, size: int = 1000) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def keep(data: bytes = TEXT, **more) -> Blob:
    return storage.store_blob(in_chunks(data), **{"size_bytes": len(data), **more})


def everything(store) -> set[str]:
    return {found.key for folder in ("blobs", "bundles") for found in store.objects(folder)}


def leftovers(store) -> list[Path]:
    return list(store.scratch.iterdir()) if store.scratch.exists() else []


class TestStoringABlob:
    def test_it_comes_back_as_it_went(self, store):
        blob = keep()
        assert b"".join(storage.open_blob(blob)) == TEXT
        assert blob.sha256 == hashlib.sha256(TEXT).hexdigest()
        header = b"blob %d\0" % len(TEXT)
        assert blob.git_sha1 == hashlib.sha1(header + TEXT).hexdigest()
        assert blob.size_bytes == len(TEXT)

    def test_an_empty_file_is_a_blob_too(self, store):
        blob = keep(b"")
        assert b"".join(storage.open_blob(blob)) == b""
        assert blob.git_sha1 == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"

    def test_the_key_is_the_digest_and_nothing_else(self, store):
        blob = keep()
        assert everything(store) == {f"blobs/{blob.sha256[:2]}/{blob.sha256[2:4]}/{blob.sha256}"}

    def test_the_same_bytes_are_kept_once(self, store):
        first = keep()
        before = {found.key: found.modified for found in store.objects("blobs")}
        assert keep().pk == first.pk
        assert {found.key: found.modified for found in store.objects("blobs")} == before

    def test_progress_counts_up_to_the_size(self, store):
        seen: list[int] = []
        keep(on_progress=seen.append)
        assert seen == sorted(seen)
        assert seen[-1] == len(TEXT)

    def test_promised_digests_that_fit_are_accepted(self, store):
        blob = keep()
        again = keep(expected_sha256=blob.sha256, expected_git_sha1=blob.git_sha1)
        assert again == blob

    def test_it_revives_a_blob_that_was_about_to_go(self, store):
        blob = keep()
        Blob.objects.update(orphaned=now())
        assert keep().orphaned is None
        assert Blob.objects.get(pk=blob.pk).orphaned is None

    def test_it_brings_back_bytes_whose_row_survived(self, store):
        blob = keep()
        store.remove(blob_key(blob.sha256))
        assert storage.have_blob(blob.sha256) is None
        assert b"".join(storage.open_blob(keep())) == TEXT


class TestRefusing:
    @pytest.mark.parametrize(
        ("promised", "error"),
        [
            pytest.param({"size_bytes": len(TEXT) - 1}, storage.SizeMismatch, id="too long"),
            pytest.param({"size_bytes": len(TEXT) + 1}, storage.SizeMismatch, id="too short"),
            pytest.param({"expected_sha256": "0" * 64}, storage.DigestMismatch, id="sha256"),
            pytest.param({"expected_sha256": "../../x"}, storage.DigestMismatch, id="no digest"),
            pytest.param({"expected_git_sha1": "0" * 40}, storage.DigestMismatch, id="git sha1"),
        ],
    )
    def test_bytes_other_than_promised_leave_nothing_behind(self, store, promised, error):
        with pytest.raises(error):
            keep(**promised)
        assert not Blob.objects.exists()
        assert not everything(store)
        assert not leftovers(store)

    def test_a_transfer_that_breaks_leaves_nothing_and_keeps_its_own_error(self, store):
        def broken() -> Iterator[bytes]:
            yield b"half"
            raise ConnectionResetError("the hub went away")

        with pytest.raises(ConnectionResetError):
            storage.store_blob(broken(), size_bytes=8)
        assert not everything(store)
        assert not leftovers(store)

    def test_an_endless_body_is_cut_at_the_promised_size(self, store):
        taken: list[int] = []

        def endless() -> Iterator[bytes]:
            while True:
                taken.append(1)
                yield b"x" * 1000

        with pytest.raises(storage.SizeMismatch):
            storage.store_blob(endless(), size_bytes=5000)
        assert len(taken) == 6

    @pytest.mark.parametrize("digest", ["", "..", "A" * 64, "g" * 64, "0" * 63, "0" * 64 + "\n"])
    def test_only_digests_become_keys(self, digest):
        for make in (blob_key, bundle_key):
            with pytest.raises(ValueError):
                make(digest)

    def test_what_is_not_there_is_said_to_be_missing(self, store):
        blob = Blob(sha256="0" * 64, size_bytes=3)
        with pytest.raises(storage.ObjectMissing):
            b"".join(storage.open_blob(blob))
        with pytest.raises(storage.ObjectMissing):
            storage.read_range(blob, 0, 3)
        assert store.stored_size(blob_key(blob.sha256)) is None
        store.remove(blob_key(blob.sha256))


class TestReading:
    @pytest.mark.parametrize(
        ("offset", "size", "expected"),
        [(0, 3, b"abc"), (2, 3, b"cde"), (4, 100, b"ef"), (6, 1, b""), (60, 1, b""), (0, 0, b"")],
    )
    def test_ranges(self, store, offset, size, expected):
        assert storage.read_range(keep(b"abcdef"), offset, size) == expected

    def test_have_blob_knows_what_need_not_be_sent(self, store):
        blob = keep()
        assert storage.have_blob(blob.sha256) == blob
        assert storage.have_blob(blob.sha256, size_bytes=len(TEXT)) == blob
        assert storage.have_blob(blob.sha256, size_bytes=1) is None
        assert storage.have_blob("0" * 64) is None

    def test_the_probe_leaves_nothing(self, store):
        assert storage.probe() > 0
        assert not list(store.objects("probe"))


class TestLargeObjects:
    """With S3 these go in parts; the parts are made small, so that the test is too."""

    @pytest.fixture(autouse=True)
    def _small_parts(self, monkeypatch):
        monkeypatch.setattr(s3_module, "PART_BYTES", 5 * 1024**2)

    data = os.urandom(1024) * (12 * 1024)

    @pytest.mark.parametrize("is_promised", [True, False])
    def test_they_arrive_whole(self, store, is_promised):
        sha256 = hashlib.sha256(self.data).hexdigest()
        blob = keep(self.data, expected_sha256=sha256 if is_promised else "")
        digest = hashlib.sha256()
        for chunk in storage.open_blob(blob):
            assert len(chunk) <= interface.CHUNK_BYTES
            digest.update(chunk)
        assert digest.hexdigest() == sha256 == blob.sha256
        assert storage.read_range(blob, 5_000_000, 10) == self.data[5_000_000:5_000_010]
        assert not leftovers(store)

    def test_a_wrong_one_leaves_no_parts(self, store):
        with pytest.raises(storage.DigestMismatch):
            keep(self.data, expected_sha256="0" * 64)
        assert not everything(store)
        assert store.clean_temp(now() + timedelta(days=1)) == 0

    def test_memory_stays_far_below_the_size(self, store):
        size = 64 * 1024**2
        chunk = b"x" * 1024**2
        tracemalloc.start()
        try:
            blob = storage.store_blob((chunk for _ in range(64)), size_bytes=size)
            for _ in storage.open_blob(blob):
                pass
            assert tracemalloc.get_traced_memory()[1] < size / 2
        finally:
            tracemalloc.stop()


class TestFilesOnDisk:
    def test_nobody_else_can_read_them(self, files):
        before = os.umask(0)
        try:
            blob = keep()
        finally:
            os.umask(before)
        path = files.path_of(blob_key(blob.sha256))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for folder in [*path.parents[:4], files.scratch]:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder

    @pytest.mark.parametrize(
        ("number", "sentence"),
        [
            (errno.ENOSPC, "no space is left on the disk"),
            (errno.EROFS, "the disk is read-only"),
            (errno.EIO, "Input/output error"),
        ],
    )
    def test_trouble_of_the_disk_is_a_sentence_and_can_be_retried(
        self, files, monkeypatch, number, sentence
    ):
        def refuse(handle: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(files_module.os, "fsync", refuse)
        with pytest.raises(storage.StorageUnavailable, match=sentence) as caught:
            keep()
        assert caught.value.is_retryable
        assert not everything(files)
        assert not leftovers(files)

    def test_a_really_full_disk(self, files, monkeypatch):
        """/dev/full says so itself."""
        real = os.open

        def onto_a_full_disk(path, flags, mode=0o777, **more):
            is_scratch = Path(path).parent == files.scratch
            return real("/dev/full", os.O_RDWR) if is_scratch else real(path, flags, mode, **more)

        monkeypatch.setattr(disk.os, "open", onto_a_full_disk)
        with pytest.raises(storage.StorageUnavailable, match="no space is left"):
            keep()
        assert not everything(files)

    def test_what_a_killed_worker_left_is_cleaned_after_a_while(self, files):
        disk.private_directory(files.scratch)
        old, new = files.scratch / "old", files.scratch / "new"
        old.touch()
        new.touch()
        os.utime(old, (0, 0))
        assert files.clean_temp(now() - timedelta(hours=1)) == 1
        assert not old.exists()
        assert new.exists()

    def test_what_nobody_writes_any_more_goes_at_once(self, files):
        with disk.scratch_file(files.scratch) as (_, living):
            dead = files.scratch / "dead"
            dead.touch()
            for path in (living, dead):
                os.utime(path, (time.time() - 60,) * 2)
            assert files.clean_temp(now() - timedelta(hours=1)) == 1
            assert not dead.exists()
            assert living.exists()


@pytest.mark.service
class TestS3:
    def test_unfinished_uploads_are_cleaned(self, s3):
        s3.client.create_multipart_upload(Bucket=s3.bucket_name, Key="blobs/x")
        assert s3.clean_temp(now() - timedelta(hours=1)) == 0
        assert s3.clean_temp(now() + timedelta(hours=1)) == 1
        assert s3.clean_temp(now() + timedelta(hours=1)) == 0

    def test_a_server_that_is_away_is_a_sentence(self, s3):
        s3.endpoint_url = "http://127.0.0.1:9"
        s3._connections.connection = None
        with pytest.raises(storage.StorageUnavailable, match="could not be reached"):
            keep()

    def test_wrong_keys_are_a_sentence_without_the_secret(self, s3):
        s3.secret_key = "not-the-secret"
        s3._connections.connection = None
        with pytest.raises(storage.StorageUnavailable) as caught:
            keep()
        assert "403" in str(caught.value)
        assert "not-the-secret" not in str(caught.value)

    def test_a_lost_answer_to_the_completion_changes_nothing(self, s3, monkeypatch):
        from botocore.exceptions import ConnectionClosedError

        monkeypatch.setattr(s3_module, "PART_BYTES", 5 * 1024**2)
        client = s3.client
        complete = client.complete_multipart_upload

        def lost(**arguments):
            complete(**arguments)
            raise ConnectionClosedError(endpoint_url="s3")

        monkeypatch.setattr(client, "complete_multipart_upload", lost)
        data = b"x" * (6 * 1024**2)
        assert b"".join(storage.open_blob(keep(data))) == data

    def test_nobody_without_a_key_reads_the_bucket(self, s3):
        import requests

        blob = keep()
        address = f"{s3.endpoint_url}/{s3.bucket_name}"
        assert requests.get(f"{address}/{blob_key(blob.sha256)}", timeout=5).status_code == 403
        assert requests.get(address, timeout=5).status_code == 403

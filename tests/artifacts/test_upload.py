"""Uploading by the API: what comes in, what is refused, and that bytes are never held."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile

import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from artifacts import services, sources, storage
from artifacts.models import Artifact, Blob, File, State, Version
from artifacts.sources.errors import SourceNotFound, UnrecognisedUrl
from artifacts.uploads import receiving
from common.digest import manifest_digest
from tests.artifacts.hostile import tarred, zipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
TREE = [("README.md", b"# Ears\n"), ("weights/a.bin", bytes(range(256)) * 40), ("é.txt", b"")]
URL = "/api/artifact/model"


def post(client, data: bytes | None, filename: str = "ears.zip", url: str = URL, **more):
    fields = dict(more)
    if data is not None:
        fields["file"] = SimpleUploadedFile(filename, data)
    return client.post(url, fields, format="multipart")


def contents(version: Version) -> dict[str, bytes]:
    files = version.files.select_related("blob")
    return {file.path: b"".join(storage.open_blob(file.blob)) for file in files}


def stored_objects() -> list[str]:
    return [found.key for found in storage.artifact_storage().objects("blobs")]


class TestArriving:
    @pytest.mark.parametrize("type", ["model", "dataset", "code"])
    @pytest.mark.parametrize(
        ("data", "filename"),
        [
            pytest.param(zipped(TREE), "ears.zip", id="zip"),
            pytest.param(zipped(TREE, zipfile.ZIP_DEFLATED), "ears.zip", id="deflated"),
            pytest.param(tarred(TREE), "ears.tar", id="tar"),
            pytest.param(tarred(TREE, "w:gz"), "ears.tar.gz", id="tar.gz"),
            pytest.param(
                zipped([(f"top/{path}", data) for path, data in TREE]), "ears.zip", id="one folder"
            ),
        ],
    )
    def test_a_bundle_becomes_a_version_like_any_other(self, api, alice, data, filename, type):
        answer = post(api(alice), data, filename, f"/api/artifact/{type}")
        assert answer.status_code == 202, answer.content
        artifact = Artifact.objects.get(pk=answer.json()["metadata"]["id"])
        version = artifact.newest
        manifest = manifest_digest(version.files.values_list("path", "blob__size_bytes", "blob_id"))
        assert answer.json() == {
            "metadata": {"name": "ears", "id": str(artifact.pk), "type": type},
            "data": {"url": f"upload:{manifest}"},
        }
        assert answer["Location"] == f"/api/artifacts/{type}/{artifact.pk}/ingestion"
        assert contents(version) == dict(TREE)
        assert (version.state, version.revision) == (State.PENDING, manifest[:40])
        assert artifact.owner == alice
        created = LogEntry.objects.get_for_object(artifact).get(action=LogEntry.Action.CREATE)
        assert created.actor == alice

    def test_the_name_is_the_one_given(self, api, alice):
        answer = post(api(alice), zipped(TREE), name="  big ears ")
        assert answer.json()["metadata"]["name"] == "big ears"

    def test_an_empty_name_is_that_of_the_file(self, api, alice):
        answer = post(api(alice), zipped(TREE), "ears.zip", name="")
        assert answer.json()["metadata"]["name"] == "ears"

    def test_what_programs_add_is_left_away(self, api, alice):
        extra = [("__MACOSX/._README.md", b"x"), ("a/.DS_Store", b"x"), (".git/config", b"x")]
        post(api(alice), zipped([*TREE, *extra]))
        assert contents(Version.objects.get()) == dict(TREE)

    def test_the_same_content_again_is_409_however_it_is_packed(self, api, alice, bob):
        client = api(alice)
        first = post(client, zipped(TREE)).json()
        again = post(client, tarred([(f"x/{path}", data) for path, data in TREE]), "other.tar")
        assert (again.status_code, again.json()["code"]) == (409, "already_registered")
        assert again.json()["details"]["id"] == first["metadata"]["id"]
        assert Artifact.objects.count() == 1

    def test_the_same_content_as_another_type_is_another_artifact(self, api, alice):
        client = api(alice)
        assert post(client, zipped(TREE)).status_code == 202
        assert post(client, zipped(TREE), url="/api/artifact/dataset").status_code == 202

    def test_equal_files_are_stored_once(self, api, alice):
        post(api(alice), zipped([("a", b"same"), ("b", b"same"), ("c", b"other")]))
        assert File.objects.count() == 3
        assert Blob.objects.count() == len(stored_objects()) == 2

    def test_it_is_queued_after_the_commit(
        self, api, alice, django_capture_on_commit_callbacks, monkeypatch
    ):
        queued = []
        monkeypatch.setattr("common.jobs.async_task", lambda job, pk: queued.append((job, pk)))
        with django_capture_on_commit_callbacks(execute=True):
            post(api(alice), zipped(TREE))
        assert queued == [("registry.ingestion.ingest", Version.objects.get().pk)]


class TestRefused:
    @pytest.mark.parametrize("person", [None, "charlie", "bob"])
    def test_only_uploaders_may_and_nothing_is_read(self, api, request, person, monkeypatch):
        monkeypatch.setattr(receiving.BundleHandler, "new_file", pytest.fail)
        user = request.getfixturevalue(person) if person else None
        assert post(api(user), zipped(TREE)).status_code == 403

    @pytest.mark.parametrize(
        ("data", "filename", "code"),
        [
            pytest.param(zipped(TREE), "ears.exe", "extension_refused", id="extension"),
            pytest.param(b"not an archive", "ears.zip", "archive_refused", id="no archive"),
            pytest.param(zipped(TREE)[:-30], "ears.zip", "archive_refused", id="cut zip"),
            pytest.param(tarred(TREE)[:1536], "ears.tar", "archive_refused", id="cut tar"),
            pytest.param(
                tarred(TREE)[:1024], "ears.tar", "archive_refused", id="cut between files"
            ),
            pytest.param(
                tarred([("a", bytes(2048)), ("b", b"")])[:2560],
                "ears.tar",
                "archive_refused",
                id="cut behind zeros",
            ),
            pytest.param(
                tarred(TREE, "w:gz")[:-20], "ears.tgz", "archive_refused", id="cut tar.gz"
            ),
            pytest.param(zipped([("../x", b"")]), "ears.zip", "archive_refused", id="outside"),
            pytest.param(zipped([]), "ears.zip", "archive_refused", id="empty"),
            pytest.param(
                zipped([(".git/config", b"")]), "ears.zip", "archive_refused", id="no content"
            ),
            pytest.param(b"", "ears.zip", "validation_error", id="no bytes"),
            pytest.param(None, "", "validation_error", id="no file"),
            pytest.param(zipped(TREE), ".zip", "invalid_name", id="no name"),
        ],
    )
    def test_a_wrong_bundle_is_400_in_words(self, api, alice, data, filename, code):
        answer = post(api(alice), data, filename)
        assert (answer.status_code, answer.json()["code"]) == (400, code), answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert len(answer.json()["detail"]) > 15
        assert not Artifact.objects.exists()

    @pytest.mark.parametrize("name", ["*", "a\nb", "x" * 256])
    def test_a_wrong_name_is_400_before_anything_is_stored(self, api, alice, name):
        assert post(api(alice), zipped(TREE), name=name).status_code == 400
        assert not Blob.objects.exists()

    def test_a_second_file_is_400(self, api, alice):
        fields = {"file": io.BytesIO(b"x"), "other": io.BytesIO(b"y")}
        for field, file in fields.items():
            file.name = f"{field}.zip"
        answer = api(alice).post(URL, fields, format="multipart")
        assert (answer.status_code, answer.json()["code"]) == (400, "unexpected_file")

    @pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x--\r\n", b"\0" * 50, b"--x\r\nA: b"])
    @pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
    def test_a_broken_form_is_400(self, api, alice, body, kind):
        answer = api(alice).post(URL, body, content_type=kind)
        assert answer.status_code == 400
        assert not Artifact.objects.exists()

    def test_other_kinds_of_bodies_are_415(self, api, alice):
        answer = api(alice).post(URL, b"a=b", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 415

    def test_unknown_types_are_400(self, api, alice):
        assert post(api(alice), zipped(TREE), url="/api/artifact/banana").status_code == 400


class Untouchable(io.BytesIO):
    """A body that nobody may read."""

    def read(self, *args):
        pytest.fail("the body was read")


class TestLimits:
    @pytest.fixture
    def body(self) -> bytes:
        file = SimpleUploadedFile("ears.zip", zipped([("a", os.urandom(300_000))]))
        return encode_multipart(BOUNDARY, {"file": file})

    def test_too_many_bytes_by_their_own_account_are_413_unread(self, api, alice, settings):
        settings.MAX_CONTENT_LENGTH = 1000
        answer = api(alice).post(
            URL,
            content_type=MULTIPART_CONTENT,
            **{"wsgi.input": Untouchable(), "CONTENT_LENGTH": "1001"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    def test_exactly_the_limit_may_come(self, api, alice, settings, body):
        client = api(alice)
        settings.MAX_CONTENT_LENGTH = len(body) - 1
        assert client.post(URL, body, content_type=MULTIPART_CONTENT).status_code == 413
        assert not Blob.objects.exists()
        settings.MAX_CONTENT_LENGTH = len(body)
        assert client.post(URL, body, content_type=MULTIPART_CONTENT).status_code == 202

    def test_a_handler_stops_what_nobody_announced(self, rf, settings):
        settings.MAX_CONTENT_LENGTH = 100
        handler = receiving.BundleHandler(rf.post("/"))
        handler.new_file("file", "ears.zip", "application/zip", None)
        handler.receive_data_chunk(b"x" * 100, 0)
        with pytest.raises(receiving.BodyTooLarge):
            handler.receive_data_chunk(b"x", 100)

    def test_an_unannounced_length_is_411(self, api, alice):
        answer = api(alice).post(
            URL, b"", content_type=MULTIPART_CONTENT, HTTP_TRANSFER_ENCODING="chunked"
        )
        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")

    def test_what_unpacks_to_too_much_is_413_and_leaves_no_artifact(self, api, alice, settings):
        settings.SOURCE_MAX_FILE_BYTES = 1000
        answer = post(api(alice), zipped([("a", b"x" * 1001)], zipfile.ZIP_DEFLATED))
        assert (answer.status_code, answer.json()["code"]) == (413, "archive_too_large")
        assert not Artifact.objects.exists()

    def test_a_bomb_is_413_before_it_is_unpacked(self, api, alice):
        bomb = zipped([("zeros", bytes(30 * 1024**2))], zipfile.ZIP_DEFLATED)
        answer = post(api(alice), bomb)
        assert (answer.status_code, answer.json()["code"]) == (413, "archive_too_large")
        assert stored_objects() == []

    def test_too_many_entries_are_413(self, api, alice, monkeypatch):
        monkeypatch.setattr("artifacts.uploads.archives.MAX_ENTRIES", 3)
        answer = post(api(alice), zipped([(str(n), b"") for n in range(4)]))
        assert answer.status_code == 413
        assert not Blob.objects.exists()

    def test_a_large_bundle_is_never_held_in_memory(self, alice, settings, tmp_path):
        path = tmp_path / "large.zip"
        with zipfile.ZipFile(path, "w") as archive, archive.open("a", "w", force_zip64=True) as a:
            for _ in range(64):
                a.write(os.urandom(1024**2))
        tracemalloc.start()
        with path.open("rb") as file:
            handler = receiving.BundleHandler(None)
            handler.new_file("file", "large.zip", "application/zip", None)
            for chunk in iter(lambda: file.read(65_536), b""):
                handler.receive_data_chunk(chunk, 0)
            receiving.receive(handler.file_complete(path.stat().st_size), type="model", owner=alice)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 16 * 1024**2
        assert not list((settings.UPLOAD_DIR / "tmp").iterdir())


class TestFailing:
    def test_a_crash_half_way_leaves_only_what_the_sweeper_removes(
        self, alice, monkeypatch, settings
    ):
        stored = []

        def failing(chunks, **more):
            if len(stored) == 2:
                raise OSError("the lights went out")
            stored.append(storage.store_blob(chunks, **more))
            return stored[-1]

        monkeypatch.setattr(receiving, "store_blob", failing)
        file = SimpleUploadedFile("ears.zip", zipped(TREE))
        with pytest.raises(OSError, match="lights"):
            receiving.receive(file, type="model", owner=alice)
        assert not Artifact.objects.exists()
        assert Blob.objects.count() == 2
        from artifacts.storage import upkeep

        settings.BLOB_GRACE_SECONDS = -1
        upkeep.sweep_blobs()
        assert stored_objects() == []
        assert not Blob.objects.exists()

    def test_blobs_that_vanish_meanwhile_are_a_503(self, api, alice, monkeypatch):
        def forgetful(chunks, **more):
            blob = storage.store_blob(chunks, **more)
            Blob.objects.all().delete()
            return blob

        monkeypatch.setattr(receiving, "store_blob", forgetful)
        answer = post(api(alice), zipped(TREE))
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
        assert not Artifact.objects.exists()

    def test_a_full_disk_is_explained(self, api, alice, monkeypatch):
        def full(*args, **more):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(receiving.tempfile, "TemporaryFile", full)
        answer = post(api(alice), zipped(TREE))
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
        assert "no space is left" in answer.json()["detail"]


class TestAddress:
    """``upload:<digest>`` is ours alone."""

    @pytest.fixture
    def version(self, alice) -> Version:
        file = SimpleUploadedFile("ears.zip", zipped(TREE))
        return receiving.receive(file, type="model", owner=alice)

    def test_nobody_can_paste_it(self, api, alice, version):
        answer = api(alice).post(URL, {"url": version.source_url})
        assert (answer.status_code, answer.json()["code"]) == (400, "unrecognised_url")
        with pytest.raises(UnrecognisedUrl):
            sources.recognise(version.source_url)

    def test_nor_give_it_to_another_artifact(self, api, alice, version):
        other = services.register(
            url="https://huggingface.co/a/b", type="model", owner=alice
        ).artifact
        body = {
            "metadata": {"name": "b", "id": str(other.pk), "type": "model"},
            "data": {"url": version.source_url},
        }
        answer = api(alice).put(f"/api/artifacts/model/{other.pk}", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "unrecognised_url")

    @pytest.mark.parametrize("address", ["upload:", "upload:xyz", "upload:" + "A" * 64])
    def test_what_only_looks_like_one_is_none(self, address):
        with pytest.raises(UnrecognisedUrl):
            sources.recall(address, type="model")

    def test_what_is_gone_cannot_be_collected(self, version):
        place = sources.recall(version.source_url, type="model")
        version.artifact.delete()
        with pytest.raises(SourceNotFound, match="The upload has no files here any more"):
            sources.collect(place)

    def test_facts_come_from_the_files_and_from_nowhere_else(self, version):
        place = sources.recall(version.source_url, type="model")
        facts = sources.collect(place, revision=version.revision)
        assert (facts.source, facts.url, facts.name) == ("upload", version.source_url, "ears")
        assert facts.readme == "# Ears\n"
        assert [file.path for file in facts.files] == sorted(path for path, _ in TREE)
        assert facts.history_problem == "an upload has no history of commits"
        with sources.opened(facts) as checkout:
            assert b"".join(checkout.read("weights/a.bin")) == dict(TREE)["weights/a.bin"]
            assert checkout.read_part("weights/a.bin", 10, 3) == bytes([10, 11, 12])
            with pytest.raises(SourceNotFound):
                checkout.read_part("../etc/passwd", 0, 1)

    def test_a_refresh_reads_the_stored_files_again(self, api, alice, version):
        Version.objects.filter(pk=version.pk).update(state=State.FAILED)
        again = services.retry(Version.objects.get(pk=version.pk), by=alice)
        assert again.number == 2
        place = sources.recall(again.source_url, type="model")
        assert sources.collect(place, revision=again.requested_revision).readme == "# Ears\n"

"""``INGESTION_SYNC=1``: whatever asks for an ingestion, it is over when the answer comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils.timezone import now
from django_q.models import OrmQ

from artifacts.models import Artifact, State, Version
from registry import ingestion
from tests.artifacts.hostile import zipped
from tests.factories import make_artifact, make_version

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}
NEW = "https://huggingface.co/acme/other"


def job(version_id: int) -> None:
    """As a worker: one address fails, one is rejected, all others are ready."""
    version = Version.objects.select_related("artifact").get(pk=version_id)
    states = {"fails": State.FAILED, "refused": State.REJECTED}
    version.state = states.get(version.source_url.rpartition("/")[2], State.READY)
    version.manifest_sha256 = "0" * 64 if version.state == State.READY else ""
    version.save()
    if version.state == State.READY:
        Artifact.objects.filter(pk=version.artifact_id).update(current=version)


def broken_job(version_id: int) -> None:
    raise RuntimeError("a bug that is in the log")


def deleted_meanwhile(version_id: int) -> None:
    """Somebody deletes the artifact while somebody else waits for it."""
    Artifact.objects.filter(versions=version_id).delete()


@pytest.fixture(autouse=True)
def sync(settings):
    settings.INGESTION_SYNC = True
    settings.INGESTION_JOB = f"{__name__}.job"


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def operator(client, dora):
    client.force_login(dora)
    return client


def failed(alice) -> Version:
    artifact = make_artifact("bert", owner=alice)
    return make_version(artifact, state=State.FAILED, reason="no")


def newest(artifact: Artifact) -> tuple[int, str]:
    version = artifact.versions.order_by("-number").first()
    return version.number, version.state


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
class TestPages:
    def test_register(self, owner, headers):
        owner.post("/artifacts/register/", {"urls": f"{NEW}\n{NEW}-2"}, headers=headers)
        assert set(Version.objects.values_list("state", flat=True)) == {State.READY}
        assert Version.objects.count() == 2

    def test_upload(self, owner, headers, files):
        bundle = SimpleUploadedFile("ears.zip", zipped([("README.md", b"# Ears\n")]))
        given = {"file": bundle, "type": "dataset"}
        owner.post("/artifacts/register/upload/", given, headers=headers)
        assert Version.objects.get().state == State.READY

    def test_refresh(self, owner, alice, headers):
        artifact = make_artifact("bert", owner=alice)
        owner.post(f"{artifact.get_absolute_url()}refresh/", headers=headers)
        assert newest(artifact) == (2, State.READY)

    def test_try_again(self, owner, alice, headers):
        artifact = failed(alice).artifact
        owner.post(f"{artifact.get_absolute_url()}retry/", headers=headers)
        assert newest(artifact) == (3, State.READY)

    def test_edit_of_a_new_address(self, owner, alice, headers):
        artifact = make_artifact("bert", owner=alice)
        address = f"{artifact.get_absolute_url()}edit/"
        owner.post(address, {"name": "bert", "url": NEW}, headers=headers)
        assert newest(artifact) == (2, State.READY)

    def test_the_next_one_is_not_refused(self, owner, alice, headers):
        artifact = make_artifact("bert", owner=alice)
        for _ in range(2):
            answer = owner.post(f"{artifact.get_absolute_url()}refresh/", headers=headers)
            assert answer.status_code == 302
        assert newest(artifact) == (3, State.READY)


class TestOperators:
    def test_the_queue_page(self, operator, alice):
        version = failed(alice)
        operator.post("/queue/retry/", {"version": version.pk})
        assert newest(version.artifact) == (3, State.READY)

    @pytest.mark.parametrize("model", ["version", "artifact"])
    def test_the_admin(self, operator, alice, model):
        version = failed(alice)
        pk = version.pk if model == "version" else version.artifact_id
        chosen = {"action": "try_again", "_selected_action": [pk]}
        operator.post(f"/admin/artifacts/{model}/", chosen)
        assert newest(version.artifact) == (3, State.READY)

    def test_refresh_in_the_admin(self, operator, alice):
        artifact = make_artifact("bert", owner=alice)
        chosen = {"action": "refresh", "_selected_action": [artifact.pk]}
        operator.post("/admin/artifacts/artifact/", chosen)
        assert newest(artifact) == (2, State.READY)

    def test_the_sweeper(self, alice):
        artifact = make_artifact("bert", owner=alice)
        version = make_version(artifact, state=State.FETCHING)
        Version.objects.filter(pk=version.pk).update(
            claim="elsewhere:1:x", heartbeat=now() - timedelta(hours=1), attempts=1
        )
        ingestion.sweep()
        assert newest(artifact) == (2, State.READY)

    def test_the_command(self, dora):
        call_command("ingest", NEW, "--quiet")
        assert Version.objects.get().state == State.READY


class TestApi:
    @pytest.mark.parametrize(
        ("address", "status"), [(NEW, 201), (f"{NEW}/fails", 400), ("https://hf.co/a/fails", 424)]
    )
    def test_register(self, api, alice, address, status):
        answer = api(alice).post("/api/artifact/model", {"url": address})
        assert answer.status_code == status

    def test_an_uploaded_bundle(self, api, alice, files):
        bundle = SimpleUploadedFile("ears.zip", zipped([("README.md", b"# Ears\n")]))
        answer = api(alice).post("/api/artifact/dataset", {"file": bundle}, format="multipart")
        assert answer.status_code == 201, answer.content

    def test_update(self, api, alice):
        artifact = make_artifact("bert", owner=alice)
        metadata = {"name": "bert", "id": str(artifact.pk), "type": "model"}
        body = {"metadata": metadata, "data": {"url": NEW}}
        answer = api(alice).put(f"/api/artifacts/model/{artifact.pk}", body)
        assert (answer.status_code, newest(artifact)) == (200, (2, State.READY))
        body["data"]["url"] = "https://huggingface.co/acme/refused"
        assert api(alice).put(f"/api/artifacts/model/{artifact.pk}", body).status_code == 424
        assert newest(artifact) == (3, State.REJECTED)

    def test_what_was_deleted_meanwhile_is_not_there(self, api, alice, settings):
        settings.INGESTION_JOB = f"{__name__}.deleted_meanwhile"
        artifact = make_artifact("bert", owner=alice)
        metadata = {"name": "bert", "id": str(artifact.pk), "type": "model"}
        body = {"metadata": metadata, "data": {"url": NEW}}
        changed = api(alice).put(f"/api/artifacts/model/{artifact.pk}", body)
        registered = api(alice).post("/api/artifact/model", {"url": NEW})
        for answer in (changed, registered):
            assert (answer.status_code, answer.json()["code"]) == (404, "artifact_not_found")


def test_nothing_goes_into_a_queue_that_perhaps_nobody_reads(owner, alice):
    artifact = make_artifact("bert", owner=alice)
    owner.post(f"{artifact.get_absolute_url()}refresh/")
    assert not OrmQ.objects.exists()


def test_a_bug_in_one_ingestion_is_in_the_log_and_stops_no_other(owner, settings, caplog):
    settings.INGESTION_JOB = f"{__name__}.broken_job"
    answer = owner.post("/artifacts/register/", {"urls": f"{NEW}\n{NEW}-2"})
    assert answer.status_code == 302
    assert Version.objects.count() == 2
    assert "a bug that is in the log" in caplog.text

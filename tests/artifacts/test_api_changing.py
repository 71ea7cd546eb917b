"""Changing and removing an artifact through the contract: who may, and what each change does."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry

from artifacts.models import Artifact, State, Version
from tests.factories import make_artifact, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def artifact(alice):
    return make_artifact("bert", owner=alice)


def envelope(artifact: Artifact, **changes) -> dict:
    said = {"name": artifact.name, "id": str(artifact.pk), "type": artifact.type}
    body = {"metadata": said, "data": {"url": artifact.source_url}}
    body["metadata"] |= {k: v for k, v in changes.items() if k in said}
    body["data"] |= {k: v for k, v in changes.items() if k not in said}
    return body


def put(client, artifact: Artifact, body):
    return client.put(f"/api/artifacts/{artifact.type}/{artifact.pk}", body)


def test_a_new_name_renames_and_nothing_else(api, alice, artifact):
    before = Version.objects.values().get()
    answer = put(api(alice), artifact, envelope(artifact, name="  better/bert "))
    assert answer.status_code == 200
    assert answer.json()["metadata"]["name"] == "better/bert"
    assert answer.json()["data"]["download_url"]
    artifact.refresh_from_db()
    assert (artifact.name, artifact.current_id) == ("better/bert", before["id"])
    assert Version.objects.values().get() == before


def test_what_was_read_can_be_sent_back(api, alice, artifact):
    client = api(alice)
    read = client.get(f"/api/artifacts/model/{artifact.pk}").json()
    audited = LogEntry.objects.count()
    assert put(client, artifact, read).status_code == 200
    assert Version.objects.count() == 1
    assert LogEntry.objects.count() == audited


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/acme/bert",
        "https://HuggingFace.co/Acme/BERT/",
        "https://huggingface.co/acme/bert?library=transformers",
        "https://hf.co/acme/bert",
    ],
)
def test_the_same_source_again_loses_nothing(api, alice, artifact, url):
    answer = put(api(alice), artifact, envelope(artifact, url=url, name="new"))
    assert answer.status_code == 200
    artifact.refresh_from_db()
    assert artifact.name == "new"
    assert artifact.source_url == "https://huggingface.co/acme/bert"
    assert artifact.versions.count() == 1


def test_another_source_is_fetched_as_a_new_version(api, alice, artifact):
    url = "https://huggingface.co/acme/bert-2"
    answer = put(api(alice), artifact, envelope(artifact, url=url, name="bert 2"))
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/artifacts/model/{artifact.pk}/ingestion"
    artifact.refresh_from_db()
    newest = artifact.newest
    assert (newest.number, newest.state, newest.source_url) == (2, State.PENDING, url)
    assert newest.requested_by == alice
    assert artifact.current.number == 1
    assert artifact.name == "bert 2"


def test_a_revision_of_the_same_source_is_fetched(api, alice, artifact):
    url = "https://huggingface.co/acme/bert/tree/v2"
    assert put(api(alice), artifact, envelope(artifact, url=url)).status_code == 202
    assert artifact.newest.requested_revision == "v2"


@pytest.mark.parametrize("place", ["inside data", "at the top"])
def test_refresh_fetches_the_same_source_again(api, alice, artifact, place):
    body = envelope(artifact)
    (body["data"] if place == "inside data" else body)["refresh"] = True
    assert put(api(alice), artifact, body).status_code == 202
    assert artifact.newest.number == 2


def test_a_second_refresh_waits_for_the_first_and_leaves_the_name(api, alice, artifact):
    make_version(artifact, state=State.FETCHING)
    body = envelope(artifact, name="other", refresh=True)
    answer = put(api(alice), artifact, body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "ingestion_running"
    assert answer.json()["details"] == {"name": "bert"}  # the name that it has
    artifact.refresh_from_db()
    assert artifact.name == "bert"


def test_the_source_of_another_artifact_is_taken(api, alice, artifact):
    other = make_artifact("gpt", owner=alice)
    answer = put(api(alice), artifact, envelope(artifact, url=other.source_url))
    assert answer.status_code == 409
    assert answer.json()["details"]["id"] == str(other.pk)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"id": "4711"}, "metadata.id is '4711', but the address is about", id="id"),
        pytest.param({"type": "code"}, "metadata.type is 'code', but", id="type"),
        pytest.param({"type": "toy"}, '"toy" is not a valid choice', id="no type"),
        pytest.param({"name": ""}, "metadata.name: This field may not be blank", id="no name"),
        pytest.param({"name": "*"}, '"*" stands for all artifacts', id="the wildcard as a name"),
        pytest.param({"name": "a\0b"}, "Null characters are not allowed", id="a NUL"),
        pytest.param({"name": 5}, "metadata.name: Not a valid string", id="a number"),
        pytest.param({"name": "\x07"}, "must not contain control characters", id="a bell"),
        pytest.param({"id": 5}, "metadata.id: Not a valid string", id="a number for an id"),
        pytest.param({"url": "ftp://x"}, "", id="a url nobody understands"),
        pytest.param({"url": None}, "data.url: This field may not be null", id="null for a url"),
        pytest.param({"refresh": "yes"}, "data.refresh: Must be a valid boolean", id="yes"),
        pytest.param({"refresh": 1}, "data.refresh: Must be a valid boolean", id="1 for true"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(api, alice, artifact, change, words):
    answer = put(api(alice), artifact, envelope(artifact, **change))
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    artifact.refresh_from_db()
    assert artifact.name == "bert"
    assert artifact.versions.count() == 1


@pytest.mark.parametrize("body", [[], "x", 5, None, {}, {"metadata": 5, "data": []}])
def test_a_body_of_another_shape_is_refused(api, alice, artifact, body):
    answer = put(api(alice), artifact, body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("who", ["bob", "charlie", "erin"])
@pytest.mark.parametrize("method", ["put", "delete"])
def test_nobody_else_may(api, artifact, request, django_user_model, who, method):
    erin = django_user_model.objects.create_user("erin", "x", role="uploader")
    user = erin if who == "erin" else request.getfixturevalue(who)
    address = f"/api/artifacts/model/{artifact.pk}"
    answer = getattr(api(user), method)(address, envelope(artifact, name="mine"))
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_yours"
    assert Artifact.objects.get().name == "bert"


def test_an_owner_who_may_no_longer_upload_may_not(api, alice, artifact):
    alice.role = "downloader"
    alice.save()
    assert put(api(alice), artifact, envelope(artifact, name="x")).status_code == 403
    assert api(alice).delete(f"/api/artifacts/model/{artifact.pk}").status_code == 403


@pytest.mark.parametrize("who", ["alice", "dora"])
def test_the_owner_and_an_admin_may_remove_it(api, request, artifact, who):
    client = api(request.getfixturevalue(who))
    answer = client.delete(f"/api/artifacts/model/{artifact.pk}")
    assert answer.status_code == 200
    assert answer.json() == {"name": "bert", "id": str(artifact.pk), "type": "model"}
    assert not Artifact.objects.exists()
    assert client.delete(f"/api/artifacts/model/{artifact.pk}").status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "delete"])
@pytest.mark.parametrize(
    ("type", "id", "status"),
    [
        pytest.param("model", "a_b", 400, id="an id with other letters"),
        pytest.param("model", "no-such", 404, id="an id that is no number"),
        pytest.param("model", "9" * 40, 404, id="a huge number"),
        pytest.param("model", "٣", 400, id="a digit of another script"),
        pytest.param("toy", "1", 400, id="an unknown type"),
        pytest.param("dataset", "{pk}", 404, id="another type"),
        pytest.param("model", "0{pk}", 404, id="a leading zero"),
    ],
)
def test_ids_are_refused_by_grammar_or_not_found(api, dora, artifact, method, type, id, status):
    address = f"/api/artifacts/{type}/{id.format(pk=artifact.pk)}"
    assert getattr(api(dora), method)(address, envelope(artifact)).status_code == status


@pytest.mark.django_db(transaction=True)
def test_in_synchronous_mode_the_answer_is_the_outcome(api, alice, artifact, settings, monkeypatch):
    settings.INGESTION_SYNC = True
    settings.INGESTION_JOB = "tests.artifacts.test_api_changing.finish"
    answer = put(api(alice), artifact, envelope(artifact, refresh=True))
    assert answer.status_code == 200
    assert Artifact.objects.get().current.number == 2


def finish(version_id: int) -> None:
    version = Version.objects.get(pk=version_id)
    version.state, version.manifest_sha256 = State.READY, "0" * 64
    version.save()
    Artifact.objects.filter(pk=version.artifact_id).update(current=version)

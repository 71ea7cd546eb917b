"""Uploading by page: a plain form, the same rules, and words beside the field."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from artifacts.models import Artifact, Blob, State
from artifacts.uploads import receiving
from tests.artifacts.hostile import zipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
URL = "/artifacts/register/upload/"
FILES = [("README.md", b"# Ears\n"), ("a.csv", b"1,2\n")]


def body(data: bytes | None = None, filename: str = "ears.zip", **more) -> dict:
    packed = zipped(FILES) if data is None else data
    return {"file": SimpleUploadedFile(filename, packed), "type": "dataset", "name": "", **more}


@pytest.fixture
def uploader(client, alice):
    client.force_login(alice)
    return client


def test_the_register_page_offers_it_as_a_plain_form(uploader):
    text = uploader.get("/artifacts/register/").text
    form = text[text.index('<form class="panel form" id="upload"') :]
    assert f'action="{URL}" enctype="multipart/form-data"' in form
    assert 'accept=".zip,.tar,.tar.gz,.tgz"' in form
    assert "at most 2.0\u00a0GB" in form


def test_a_bundle_leads_to_its_artifact_on_its_way(uploader, alice):
    response = uploader.post(URL, body(name="Big ears"))
    artifact = Artifact.objects.get()
    assert (response.status_code, response["Location"]) == (302, artifact.get_absolute_url())
    assert (artifact.name, artifact.type, artifact.owner) == ("Big ears", "dataset", alice)
    assert artifact.newest.state == State.PENDING
    page = uploader.get(artifact.get_absolute_url()).text
    assert "On its way" in page
    assert "Waiting for a worker" in page
    assert "Uploaded" in page


def test_htmx_is_led_there_as_well(uploader):
    response = uploader.post(URL, body(), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == Artifact.objects.get().get_absolute_url()


def test_what_is_here_already_is_shown(uploader):
    uploader.post(URL, body())
    response = uploader.post(URL, body(), follow=True)
    assert response.redirect_chain == [(Artifact.objects.get().get_absolute_url(), 302)]
    assert "here already, file for file" in response.text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (body(b"no zip"), "it is neither a zip nor a tar"),
        (body(zipped([("../x", b"")])), "would not stay inside its directory"),
        (body(filename="ears.exe"), "is not accepted; a bundle ends in"),
        (body(b""), "This file is empty."),
        ({"type": "dataset"}, "Choose a zip or tar."),
        (body(type="banana"), "Select a valid choice."),
        (body(name="a\x01b"), "control characters"),
        (body() | {"other": SimpleUploadedFile("x", b"x")}, "one file in the field"),
    ],
    ids=["no archive", "outside", "extension", "empty", "no file", "type", "name", "two files"],
)
def test_a_mistake_is_explained_beside_the_form(uploader, given, words):
    for value in given.values():
        if hasattr(value, "seek"):
            value.seek(0)
    response = uploader.post(URL, given, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert words in response.text
    assert "<title>Problem: Register" in response.text
    assert not Artifact.objects.exists()


@pytest.mark.parametrize(("headers", "status"), [({}, 413), ({"HX-Request": "true"}, 422)])
def test_too_large_is_said_on_the_page(uploader, settings, headers, status):
    settings.MAX_CONTENT_LENGTH = 100
    response = uploader.post(URL, body(), headers=headers)
    assert response.status_code == status
    assert "at most 100 are read here" in response.text
    assert not Blob.objects.exists()


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_others_may_not_and_nothing_is_read(client, request, person, monkeypatch):
    monkeypatch.setattr(receiving.BundleHandler, "new_file", pytest.fail)
    client.force_login(request.getfixturevalue(person))
    assert client.post(URL, body()).status_code == 403


def test_another_site_cannot_upload_in_somebodys_name(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(URL, body()).status_code == 403
    assert not Artifact.objects.exists()
    token = "a" * 32
    client.cookies["csrftoken"] = token
    assert client.post(URL, body(csrfmiddlewaretoken=token)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_in_synchronous_mode_it_is_there_when_the_page_comes(uploader, settings, monkeypatch):
    done = []
    monkeypatch.setattr("registry.ingestion.ingest", done.append)
    settings.INGESTION_SYNC = True
    uploader.post(URL, body())
    uploader.post("/artifacts/register/", {"urls": "https://huggingface.co/a/b"})
    assert done == [artifact.newest.pk for artifact in Artifact.objects.order_by("pk")]

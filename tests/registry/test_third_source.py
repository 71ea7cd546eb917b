"""A source of which the house knows one line: it is fetched, rated, shown and linked like any."""

from __future__ import annotations

import re

import pytest

from artifacts import sources
from artifacts.models import State, Version
from artifacts.sources.errors import UnrecognisedUrl
from lineage.models import Link
from ratings.models import Rating
from registry.ingestion import ingest
from tests.artifacts.sources.third import Shelf
from tests.artifacts.sources.third.server import REVISION, serving

EARS, BASE = "https://shelf.example/m/alice/ears", "https://shelf.example/m/alice/base"
CLAIM = b"\n\nThis model was fine-tuned from [its base](shelf.example/m/alice/base).\n"


@pytest.fixture
def shelf(pipeline, settings, demo_content, monkeypatch):
    """The one line, and a shelf that holds the demo model and what it was made from."""
    settings.SOURCES = [*settings.SOURCES, "tests.artifacts.sources.third.Shelf"]
    base = demo_content.model.files()
    ears = base | {"README.md": base["README.md"] + CLAIM}
    with serving({"m/alice/ears": ears, "m/alice/base": base}) as address:
        monkeypatch.setattr(Shelf, "endpoint", address)
        yield ears


@pytest.fixture
def bring_from_shelf(shelf, api, alice):
    """Alice registers an address of the shelf, and a worker ingests it."""

    def run(url: str) -> Version:
        answer = api(alice).post("/api/artifact/model", {"url": url})
        assert answer.status_code in {201, 202}, answer.json()
        version = Version.objects.get(artifact=answer.json()["metadata"]["id"])
        ingest(version.pk)
        version.refresh_from_db()
        return version

    return run


def test_it_is_registered_fetched_and_rated(bring_from_shelf, shelf, api, bob):
    version = bring_from_shelf(f"{EARS}@{REVISION}")
    assert (version.state, version.reason) == (State.READY, "")
    assert version.source_url == EARS
    assert version.revision == REVISION
    assert set(version.files.values_list("path", flat=True)) == set(shelf)
    answer = api(bob).get(f"/api/artifacts/model/{version.artifact_id}")
    assert answer.json()["data"]["url"] == EARS
    rating = Rating.objects.get(version=version)
    assert rating.net_score > 0
    evidence = [one for answer in rating.measurements.values() for one in answer["evidence"]]
    places = [one["url"] for one in evidence if one.get("url", "").startswith(EARS)]
    assert any(re.fullmatch(rf"{EARS}@{REVISION}/README\.md\?line=\d+", one) for one in places)
    assert [one for one in places if not one.startswith(f"{EARS}@{REVISION}")] == []


def test_its_pages_lead_to_it(bring_from_shelf, client, alice):
    artifact = bring_from_shelf(EARS).artifact
    client.force_login(alice)
    page = client.get(artifact.get_absolute_url()).text
    assert f'href="{EARS}"' in page
    assert f'href="{EARS}@{REVISION}/README.md"' in page
    assert "Refresh from source" in page
    licence = client.get(f"{artifact.get_absolute_url()}license/").text
    assert "apache-2.0" in licence.lower()
    assert f'href="{EARS}@{REVISION}/LICENSE?line=1"' in licence
    for tab in ("rating", "lineage", "cost", "files", "versions"):
        assert client.get(f"{artifact.get_absolute_url()}{tab}/").status_code == 200


def test_what_is_made_from_it_is_linked(bring_from_shelf, client, alice, demo_content):
    base = bring_from_shelf(BASE)
    ears = bring_from_shelf(EARS)
    links = Link.objects.filter(version=ears)
    assert links.get(parent_key=BASE).parent_id == base.artifact_id
    assert links.filter(parent_key=demo_content.dataset.url).exists()
    client.force_login(alice)
    page = client.get(f"{ears.artifact.get_absolute_url()}lineage/").text
    assert base.artifact.get_absolute_url() in page


def test_it_is_refreshed_and_its_files_are_read_again(bring_from_shelf, api, alice, shelf):
    version = bring_from_shelf(EARS)
    shelf["NEWS.md"] = b"# News\n"
    artifact = version.artifact
    body = {
        "metadata": {"name": artifact.name, "id": str(artifact.pk), "type": "model"},
        "data": {"url": EARS},
        "refresh": True,
    }
    assert api(alice).put(f"/api/artifacts/model/{artifact.pk}", body).status_code == 202
    again = artifact.versions.latest("number")
    ingest(again.pk)
    again.refresh_from_db()
    assert again.state == State.READY
    assert again.files.filter(path="NEWS.md").exists()


def test_it_is_registered_once(bring_from_shelf, api, alice):
    bring_from_shelf(EARS)
    again = api(alice).post("/api/artifact/model", {"url": f"{EARS}@{REVISION}"})
    assert again.status_code == 409


def test_what_is_not_there_is_said_in_its_words(bring_from_shelf):
    version = bring_from_shelf("https://shelf.example/m/alice/nothing")
    assert version.state == State.FAILED
    assert version.reason == "The Shelf has no such repository, or it is private."


def test_people_are_told_of_it(shelf):
    with pytest.raises(UnrecognisedUrl, match=r"github\.com and shelf\.example are understood"):
        sources.recognise("https://example.org/x")
    with pytest.raises(UnrecognisedUrl, match="model on The Shelf; the project must be"):
        sources.recognise_project(EARS)

"""What was asked for is asked for again: a branch stays that branch, on every way to try again."""

from __future__ import annotations

import pytest

from artifacts import services
from artifacts.models import State, Version
from tests.hub import faults as f
from tests.registry.conftest import carry

TREE = "/api/models/fernwood/field-notes-tiny/*"


@pytest.fixture
def dev(demo_content) -> str:
    """The commit of the branch that was asked for."""
    return demo_content.model.repository.refs()["refs/heads/dev"]


@pytest.fixture
def asked(pipeline, alice, demo_content):
    """Alice registers the branch and it is ingested, with or without trouble."""

    def ask(*, fails: bool = False) -> Version:
        if fails:
            pipeline.faults.add(TREE, f.Status(503))
        version = carry(
            services.register(url=f"{demo_content.model.url}/tree/dev", type="model", owner=alice)
        )
        pipeline.faults.clear()
        return version

    return ask


def by_page(word):
    def click(client, artifact, **people):
        client.force_login(people["alice"])
        client.post(f"{artifact.get_absolute_url()}{word}/")

    return click


def by_queue(client, artifact, **people):
    client.force_login(people["dora"])
    client.post("/queue/retry/", {"version": artifact.newest.pk})


def by_api(client, artifact, **people):
    metadata = {"name": artifact.name, "id": str(artifact.pk), "type": artifact.type}
    body = {"metadata": metadata, "data": {"url": artifact.source_url}, "refresh": True}
    people["api"](people["alice"]).put(f"/api/artifacts/model/{artifact.pk}", body)


def by_admin(client, artifact, **people):
    client.force_login(people["dora"])
    chosen = {"action": "try_again", "_selected_action": [artifact.newest.pk]}
    client.post("/admin/artifacts/version/", chosen)


def by_admin_refresh(client, artifact, **people):
    client.force_login(people["dora"])
    chosen = {"action": "refresh", "_selected_action": [artifact.pk]}
    client.post("/admin/artifacts/artifact/", chosen)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(by_page("retry"), id="try again"),
        pytest.param(by_queue, id="queue"),
        pytest.param(by_api, id="PUT with refresh"),
        pytest.param(by_page("refresh"), id="refresh"),
        pytest.param(by_admin, id="admin"),
        pytest.param(by_admin_refresh, id="refresh in the admin"),
    ],
)
def test_a_branch_that_failed_once_is_tried_again(asked, dev, client, api, alice, dora, again):
    failed = asked(fails=True)
    assert (failed.state, failed.requested_revision) == (State.FAILED, "dev")
    again(client, failed.artifact, api=api, alice=alice, dora=dora)
    version = carry(failed.artifact.newest)
    assert (version.number, version.state, version.revision) == (2, State.READY, dev)


def test_a_refresh_follows_the_branch(asked, dev, pipeline, demo_content, alice):
    first = asked()
    assert first.revision == dev
    moved = demo_content.model.revision
    pipeline.faults.move("models", demo_content.model.id, "dev", [moved])
    second = carry(services.refresh(first.artifact, by=alice))
    assert (second.requested_revision, second.revision) == ("dev", moved)


def test_a_retry_is_about_its_own_version(asked, dev, alice, demo_content):
    failed = asked(fails=True)
    carry(services.refresh(failed.artifact, by=alice, url=f"{demo_content.model.url}/tree/main"))
    assert carry(services.retry(failed, by=alice)).revision == dev


def test_another_revision_in_the_address_is_asked_for_from_then_on(asked, alice, demo_content):
    artifact = asked().artifact
    for url in (f"{demo_content.model.url}/tree/main", demo_content.model.url, ""):
        version = carry(services.refresh(artifact, by=alice, url=url))
        assert version.requested_revision == "main"
        assert version.revision == demo_content.model.revision


@pytest.mark.parametrize("case", [str.upper, str.title])
def test_letter_case_makes_no_other_source(asked, dev, alice, demo_content, case):
    artifact = asked().artifact
    other = f"https://huggingface.co/{case(demo_content.model.id)}"
    assert carry(services.refresh(artifact, by=alice, url=other)).revision == dev
    artifact.refresh_from_db()
    assert artifact.source_url == other
    assert carry(services.refresh(artifact, by=alice)).revision == dev


def test_another_source_begins_anew(asked, alice, demo_content):
    artifact = asked().artifact
    elsewhere = services.refresh(artifact, by=alice, url=demo_content.adapter.url)
    assert elsewhere.requested_revision == ""

"""The edit page and PUT are one update: both change everything that was asked for, or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from artifacts.models import Artifact, State
from tests.factories import make_artifact, make_version

pytestmark = pytest.mark.django_db

SOURCE = "https://huggingface.co/acme/bert"
Update = Callable[..., int]


def by_page(client, api, alice) -> Update:
    def update(artifact: Artifact, *, name: str, url: str) -> int:
        client.force_login(alice)
        answer = client.post(f"{artifact.get_absolute_url()}edit/", {"name": name, "url": url})
        return answer.status_code

    return update


def by_api(client, api, alice) -> Update:
    def update(artifact: Artifact, *, name: str, url: str) -> int:
        metadata = {"name": name, "id": str(artifact.pk), "type": artifact.type}
        body = {"metadata": metadata, "data": {"url": url}}
        return api(alice).put(f"/api/artifacts/model/{artifact.pk}", body).status_code

    return update


@pytest.fixture(params=[by_page, by_api])
def update(request, client, api, alice) -> Update:
    return request.param(client, api, alice)


@pytest.fixture
def artifact(alice) -> Artifact:
    return make_artifact("bert", url=SOURCE, owner=alice)


def test_a_name_is_not_changed_when_the_fetch_is_refused(update, artifact):
    make_version(artifact, state=State.FETCHING)
    assert update(artifact, name="renamed", url=f"{SOURCE}-2") == 409
    artifact.refresh_from_db()
    assert (artifact.name, artifact.versions.count()) == ("bert", 2)


def test_a_name_alone_can_be_changed_while_it_is_fetched(update, artifact):
    make_version(artifact, state=State.FETCHING)
    assert update(artifact, name="renamed", url=SOURCE) in {200, 302}
    artifact.refresh_from_db()
    assert (artifact.name, artifact.versions.count()) == ("renamed", 2)


def test_both_change_together(update, artifact):
    assert update(artifact, name="renamed", url=f"{SOURCE}-2") in {202, 302}
    artifact.refresh_from_db()
    assert (artifact.name, artifact.newest.source_url) == ("renamed", f"{SOURCE}-2")


@pytest.mark.parametrize(
    "spelling", [f"{SOURCE}/", SOURCE.upper().replace("HTTPS", "https"), f"{SOURCE}?a=1"]
)
def test_another_spelling_of_its_source_fetches_nothing(update, artifact, spelling):
    assert update(artifact, name="bert", url=spelling) in {200, 302}
    assert artifact.versions.count() == 1


def test_a_revision_in_the_address_is_asked_for_and_then_kept(update, artifact):
    assert update(artifact, name="bert", url=f"{SOURCE}/tree/dev") in {202, 302}
    assert artifact.newest.requested_revision == "dev"
    artifact.versions.update(state=State.READY)
    assert update(artifact, name="bert", url=f"{SOURCE}-2") in {202, 302}
    assert artifact.newest.requested_revision == ""  # another source has branches of its own
    artifact.versions.update(state=State.READY)
    assert update(artifact, name="bert", url=f"{SOURCE}/tree/main") in {202, 302}
    assert artifact.newest.requested_revision == "main"


def test_an_address_without_a_revision_means_the_one_asked_for_of_that_source(update, artifact):
    for address, asked in (
        (f"{SOURCE}/tree/dev", "dev"),
        (f"{SOURCE}-2", ""),
        (SOURCE, "dev"),
        (f"{SOURCE}/tree/main", "main"),
        (f"{SOURCE}-2", ""),
        (f"{SOURCE}/", "main"),
    ):
        artifact.refresh_from_db()
        assert update(artifact, name="bert", url=address) in {202, 302}
        version = artifact.newest
        assert version.requested_revision == asked
        artifact.versions.update(state=State.READY)
        Artifact.objects.filter(pk=artifact.pk).update(
            source_url=version.source_url, source_key=version.source_url.casefold(), current=version
        )


def test_the_page_says_why_and_keeps_what_was_typed(client, alice, artifact):
    make_version(artifact, state=State.FETCHING)
    client.force_login(alice)
    given = {"name": "renamed", "url": f"{SOURCE}-2"}
    page = client.post(f"{artifact.get_absolute_url()}edit/", given).text
    assert 'value="renamed"' in page
    assert f'value="{SOURCE}-2"' in page
    assert 'role="alert"' in page
    assert "Edit bert" in page
    assert "A version of bert is being ingested" in page

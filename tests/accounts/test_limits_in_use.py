"""The limits where they are used: a page and an endpoint that do the same share one counter."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from artifacts.models import Artifact, State, Version
from tests.artifacts.hostile import zipped
from tests.conftest import PASSWORD
from tests.factories import make_artifact, make_version

pytestmark = pytest.mark.django_db
HUB = "https://huggingface.co/a"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(1_900_000_000, tick=False):
        yield


@pytest.fixture
def two_a_minute(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"artifact": "2/minute"}


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


def is_refusal(answer) -> bool:
    assert answer.status_code == 429, answer.content[:500]
    assert 1 <= int(answer["Retry-After"]) <= 60
    return "at most" in answer.content.decode()


def test_registering_artifacts_is_limited_for_each_person(api, alice, two_a_minute):
    client = api(alice)
    answers = [
        client.post("/api/artifact/model", {"url": f"https://huggingface.co/a/m{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1]["Retry-After"]) <= 60


def test_page_and_api_share_the_counter(api, owner, alice, dora, two_a_minute):
    assert api(alice).post("/api/artifact/model", {"url": f"{HUB}/m1"}).status_code == 202
    assert owner.post("/artifacts/register/", {"urls": f"{HUB}/m2"}).status_code == 302
    assert is_refusal(owner.post("/artifacts/register/", {"urls": f"{HUB}/m3"}))
    assert is_refusal(api(alice).post("/api/artifact/model", {"url": f"{HUB}/m3"}))
    assert Artifact.objects.count() == 2
    assert api(dora).post("/api/artifact/model", {"url": f"{HUB}/m3"}).status_code == 202


def test_several_addresses_count_one_by_one_and_are_taken_all_or_none(owner, two_a_minute):
    typed = f"{HUB}/m1\n{HUB}/m2\n{HUB}/m3"
    refused = owner.post("/artifacts/register/", {"urls": typed, "type": "model"})
    assert is_refusal(refused)
    assert all(f"{HUB}/m{n}" in refused.text for n in (1, 2, 3))
    assert not Artifact.objects.exists()
    assert owner.post("/artifacts/register/", {"urls": f"{HUB}/m1\n{HUB}/m2"}).status_code == 302


def test_reading_a_form_counts_for_nothing(owner, two_a_minute):
    for _ in range(5):
        assert owner.get("/artifacts/register/").status_code == 200


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_an_upload_is_refused_before_it_is_read(owner, settings, headers):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"artifact": "1/minute"}
    owner.post("/artifacts/register/", {"urls": f"{HUB}/m1"})
    bundle = SimpleUploadedFile("ears.zip", zipped([("README.md", b"# Ears\n")]))
    given = {"file": bundle, "type": "dataset"}
    refused = owner.post("/artifacts/register/upload/", given, headers=headers)
    assert "Too often" in refused.text
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.status_code == (422 if headers else 429)  # a 429 is not swapped in
    assert Artifact.objects.count() == 1


class TestAgain:
    """What is fetched again counts as well: once by PUT, and now on the pages."""

    @pytest.fixture(autouse=True)
    def used_up(self, owner, settings):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"artifact": "1/minute"}
        owner.post("/artifacts/register/", {"urls": f"{HUB}/m1"})

    def test_refresh(self, owner, alice):
        artifact = make_artifact("bert", owner=alice)
        assert is_refusal(owner.post(f"{artifact.get_absolute_url()}refresh/"))
        assert artifact.versions.count() == 1

    def test_try_again(self, owner, alice):
        artifact = make_artifact("bert", owner=alice, state=State.FAILED)
        assert is_refusal(owner.post(f"{artifact.get_absolute_url()}retry/"))
        assert artifact.versions.count() == 1

    def test_edit_keeps_what_was_typed(self, owner, alice):
        artifact = make_artifact("bert", owner=alice)
        given = {"name": "renamed", "url": f"{HUB}/m2"}
        refused = owner.post(f"{artifact.get_absolute_url()}edit/", given)
        assert is_refusal(refused)
        assert 'value="renamed"' in refused.text
        assert f'value="{HUB}/m2"' in refused.text
        artifact.refresh_from_db()
        assert (artifact.name, artifact.versions.count()) == ("bert", 1)

    def test_edit_shows_nothing_to_those_who_may_not(self, owner, dora):
        artifact = make_artifact("bert", owner=dora)
        refused = owner.post(f"{artifact.get_absolute_url()}edit/", {"name": "x", "url": "y"})
        assert refused.status_code == 403

    def test_put(self, api, alice):
        artifact = make_artifact("bert", owner=alice)
        metadata = {"name": "renamed", "id": str(artifact.pk), "type": "model"}
        body = {"metadata": metadata, "data": {"url": artifact.source_url}, "refresh": True}
        assert is_refusal(api(alice).put(f"/api/artifacts/model/{artifact.pk}", body))

    def test_operators_are_not_held_up(self, client, dora, alice):
        versions = [
            make_version(make_artifact(f"m{n}", owner=alice), state=State.FAILED) for n in range(3)
        ]
        client.force_login(dora)
        client.post("/queue/retry/", {"version": [version.pk for version in versions]})
        assert Version.objects.filter(number=3).count() == 3


class TestAccounts:
    def test_the_pages_of_accounts_keep_what_was_typed(self, client, settings):
        limits = {"registration": "1/hour", "login": "1/minute"}
        settings.RATE_LIMITS = settings.RATE_LIMITS | limits
        client.post("/sign-up/", {"username": "erin", "password": PASSWORD})
        client.post("/logout/")
        refused = client.post("/sign-up/", {"username": "frank", "password": PASSWORD})
        assert refused.status_code == 429
        assert 'value="frank"' in refused.text
        assert PASSWORD not in refused.text
        answers = [
            client.post("/login/?next=/status/", {"username": "erin", "password": "wrong-1!"})
            for _ in range(2)
        ]
        assert is_refusal(answers[-1])
        assert 'value="erin"' in answers[-1].text

    def test_the_page_and_the_api_count_the_same_attempts(self, client, api, alice, settings):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": "1/minute"}
        body = {"user": {"name": "alice"}, "secret": {"password": "wrong-horse-1!"}}
        assert api(None).put("/api/authenticate", body).status_code == 401
        typed = {"username": "alice", "password": PASSWORD}
        assert client.post("/login/", typed).status_code == 429

    def test_beyond_the_limit_nobody_learns_whether_a_password_is_right(
        self, owner, alice, settings
    ):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": "1/minute"}
        pages = [
            owner.post("/me/password/", {"old": old, "password": "new-horse-2!"})
            for old in ("wrong-horse-1!", "wrong-horse-1!", PASSWORD)
        ]
        assert [page.status_code for page in pages] == [422, 429, 429]
        told = [re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", page.text) for page in pages[1:]]
        assert told[0] == told[1]
        assert "Too often" in told[0]
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)

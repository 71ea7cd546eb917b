"""Waiting for a rating: it ends when the version does, and it never takes all threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connections, transaction

from artifacts.models import Artifact, State, Version
from artifacts.waiting import wait_until
from common import waiting_threads
from common.waiting_threads import PLACES
from tests.factories import make_artifact, make_rating, publish

ENOUGH = 60  # seconds that no test comes near, unless it hangs


@pytest.fixture(autouse=True)
def patient(settings):
    settings.RATING_WAIT_TIMEOUT_SECONDS = ENOUGH
    settings.RATING_WAIT_POLL_SECONDS = 0.01


def test_at_most_a_quarter_of_the_threads_wait(settings):
    assert PLACES == settings.WEB_THREADS // 4
    over = threading.Event()
    with ThreadPoolExecutor(PLACES + 5) as pool:
        callers = [pool.submit(wait_until, over.is_set) for _ in range(PLACES + 5)]
        turned_away = []
        while len(turned_away) < 5:
            turned_away = [one for one in callers if one.done()]
        assert [one.result() for one in turned_away] == [False] * 5
        over.set()
        assert sum(one.result(ENOUGH) for one in callers) == PLACES


def test_places_are_given_back_whatever_happens(settings):
    settings.RATING_WAIT_TIMEOUT_SECONDS = 0.02

    class Broken(Exception):
        pass

    def broken():
        if waiting_threads._places._value < PLACES:
            raise Broken
        return False

    for _ in range(PLACES + 1):
        with pytest.raises(Broken):
            wait_until(broken)
        assert wait_until(lambda: False) is False
    assert waiting_threads._places._value == PLACES


def test_small_servers_and_zero_seconds_never_wait(settings):
    threads, settings.WEB_THREADS = settings.WEB_THREADS, 3
    assert wait_until(lambda: False) is False
    settings.WEB_THREADS = threads
    settings.RATING_WAIT_TIMEOUT_SECONDS = 0
    assert wait_until(lambda: False) is False
    assert wait_until(lambda: True) is True


@pytest.fixture
def arriving(transactional_db) -> Artifact:
    return make_artifact("bert", state=State.FETCHING)


@transaction.atomic
def finish(artifact: Artifact) -> None:
    version = artifact.newest
    version.state = State.READY
    version.manifest_sha256 = "0" * 64
    make_rating(version)
    version.save()
    publish(artifact, version, net_score=0.7, coverage=0.8)


def test_many_who_wait_leave_threads_for_everybody_else(api, arriving, bob, settings):
    """Twice as many callers as threads: all but a few are told to come back."""
    clients = [api(bob) for _ in range(2 * settings.WEB_THREADS)]

    def call(address: str, client) -> int:
        try:
            return client.get(address).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(settings.WEB_THREADS) as server:
        rates = [
            server.submit(call, f"/api/artifact/model/{arriving.pk}/rate", client)
            for client in clients
        ]
        other = server.submit(call, "/api/tracks", api(None))
        assert other.result(ENOUGH) == 200
        early = [one for one in rates if one.done()]
        while len(early) < len(rates) - PLACES:
            early = [one for one in rates if one.done()]
        assert {one.result() for one in early} == {404}
        finish(arriving)
        wait(rates, ENOUGH)
    assert sorted(one.result() for one in rates) == [200] * PLACES + [404] * len(early)


@pytest.mark.parametrize("address", ["artifact/model/{}/rate", "artifacts/model/{}"])
class TestWithoutWaiting:
    @pytest.fixture(autouse=True)
    def impatient(self, settings, db):
        settings.RATING_WAIT_TIMEOUT_SECONDS = 0

    @pytest.mark.parametrize("state", [State.PENDING, State.FETCHING, State.RATING])
    def test_what_is_on_its_way_may_be_asked_for_again(self, api, bob, address, state):
        artifact = make_artifact("bert", state=state)
        answer = api(bob).get(f"/api/{address.format(artifact.pk)}")
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_ingested_yet"
        assert state.lower() in answer.json()["detail"]
        assert int(answer["Retry-After"]) >= 1

    @pytest.mark.parametrize("state", [State.FAILED, State.REJECTED])
    def test_what_did_not_arrive_is_not_waited_for(self, api, bob, address, state):
        artifact = make_artifact("bert", state=state)
        answer = api(bob).get(f"/api/{address.format(artifact.pk)}")
        assert answer.status_code == 404
        assert answer.json()["code"] == "artifact_not_found"
        assert "Retry-After" not in answer

    def test_a_new_version_on_its_way_hides_nothing(self, api, bob, address):
        artifact = make_artifact("bert")
        Version.objects.create(artifact=artifact, number=2, state=State.FETCHING)
        assert api(bob).get(f"/api/{address.format(artifact.pk)}").status_code == 200

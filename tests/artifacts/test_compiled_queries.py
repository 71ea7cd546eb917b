"""A compiled query answers what the queryset answers, to each caller with their own values."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection

from artifacts import services
from artifacts.lookup import ArtifactNotFound, find, find_ready
from artifacts.models import Artifact
from common.compiled_queries import CompiledQuery, CompiledRows
from tests.factories import make_artifact, make_rating


def fields(row) -> dict:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


@pytest.mark.django_db
def test_it_gives_the_rows_of_the_queryset(alice):
    ask = CompiledQuery(lambda pk: Artifact.objects.for_listing().filter(pk=pk), pk=int)
    for artifact in (make_artifact("one", owner=alice), make_artifact("two", state="PENDING")):
        here, there = ask.first(pk=artifact.pk), Artifact.objects.for_listing().get(pk=artifact.pk)
        assert fields(here) == fields(there)
        assert here.owner == there.owner
        assert here.current == there.current
        if here.current is not None:
            assert fields(here.current) == fields(there.current)
            assert here.current.get_deferred_fields() == {"facts", "notes"}
    assert ask.first(pk=10**9) is None


@pytest.mark.django_db
def test_later_calls_ask_once_and_with_their_own_values(django_assert_num_queries):
    ask = CompiledQuery(
        lambda name, type: Artifact.objects.filter(name=name, type=type), name=str, type=str
    )
    make_artifact("one")
    make_artifact("two", type="dataset")
    for _ in range(2):
        with django_assert_num_queries(2):
            assert ask.first(name="one", type="model").name == "one"
            assert ask.first(type="dataset", name="two").name == "two"
    assert ask.first(name="one", type="dataset") is None
    assert ask.first(name="' OR 1=1 --", type="model") is None


@pytest.mark.django_db
def test_a_query_that_changes_its_values_is_refused():
    ask = CompiledQuery(lambda name: Artifact.objects.filter(name__contains=name), name=str)
    with pytest.raises(TypeError, match="does not use all of name"):
        ask.first(name="one")


@pytest.mark.django_db
def test_rows_are_those_of_values_list(django_assert_num_queries):
    ask = CompiledRows(
        lambda type: Artifact.objects.filter(type=type).values_list("name", "created")[:2], type=str
    )
    made = [make_artifact(name) for name in ("one", "two", "three")]
    for _ in range(2):
        with django_assert_num_queries(1):
            assert ask.all(type="model") == [(one.name, one.created) for one in made[:2]]
    assert ask.all(type="code") == []


@pytest.mark.django_db(transaction=True)
def test_threads_have_connections_of_their_own():
    ask = CompiledQuery(lambda name: Artifact.objects.filter(name=name), name=str)
    make_artifact("one")
    found = []

    def look() -> None:
        found.append(ask.first(name="one").name)
        connection.close()

    assert ask.first(name="one").name == "one"
    for thread in (threads := [Thread(target=look) for _ in range(3)]):
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["one"] * 3


@pytest.mark.django_db
def test_what_is_in_quarantine_is_found_by_admins_only(alice, dora, api):
    artifact = make_artifact("dubious", owner=alice)
    make_rating(artifact.current)
    places = [f"/api/artifacts/model/{artifact.pk}", f"/api/artifact/model/{artifact.pk}/rate"]
    for user in (alice, dora):
        assert [api(user).get(place).status_code for place in places] == [200, 200]
        assert find_ready(user, "model", str(artifact.pk)) == artifact
    services.quarantine(artifact.current, reason="why not")
    for place in places:
        assert api(alice).get(place).status_code == 404
    assert find(dora, "model", str(artifact.pk)) == artifact
    dora.scope = "searcher"
    for user in (alice, dora):
        with pytest.raises(ArtifactNotFound):
            find(user, "model", str(artifact.pk))

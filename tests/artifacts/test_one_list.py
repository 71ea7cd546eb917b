"""The list of the site and GET /api/artifacts: one filter, one set of orders, one pagination."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts import listing
from artifacts.forms import SORTS
from artifacts.models import State, Version
from tests.factories import make_artifact

pytestmark = pytest.mark.django_db

# What the page calls what the API calls so.
PAGE_WORDS = {"name": "q", "min_score": "score"}
ROW = re.compile(r'class="artifact-row__name"[^>]*>([^<]+)<')


@pytest.fixture
def faces(client, api, charlie) -> list[Callable[[dict[str, str]], list[str]]]:
    """Both, as functions from what is asked to the names that are found."""
    client.force_login(charlie)
    program = api(charlie)

    def page(asked: dict[str, str]) -> list[str]:
        words = {PAGE_WORDS.get(name, name): value for name, value in asked.items()}
        return ROW.findall(client.get(f"/artifacts/?{urlencode(words)}").text)

    def endpoint(asked: dict[str, str]) -> list[str]:
        answer = program.get(f"/api/artifacts?{urlencode(asked)}")
        assert answer.status_code == 200, answer.content
        return [row["name"] for row in answer.json()["results"]]

    return [page, endpoint]


@pytest.fixture
def some(alice, bob):
    """Different in everything that can be asked for."""
    make_artifact("bert-large-cased", owner=alice, net_score=0.8, license="Apache-2.0")
    make_artifact("squad", type="dataset", owner=bob, net_score=0.4, license="MIT")
    make_artifact(
        "whisper",
        url="https://huggingface.co/OpenAI/whisper-tiny",
        net_score=None,
        license="Acme Research Terms",
    )
    make_artifact("gated", state=State.FAILED, owner=alice)
    make_artifact("slow", state=State.FETCHING, owner=alice)
    again = make_artifact("tool", type="code", net_score=0.6, license="LicenseRef-acme")
    Version.objects.create(artifact=again, number=2, state=State.FAILED)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"bert-large-cased", "squad", "whisper", "tool"}),
        ({"name": "large bert"}, {"bert-large-cased"}),
        ({"name": " LARGE\tBert "}, {"bert-large-cased"}),
        ({"name": "openai"}, {"whisper"}),
        ({"name": "bert squad"}, set()),
        ({"license": "Apache-2.0"}, {"bert-large-cased"}),
        ({"license": "Apache License 2.0"}, {"bert-large-cased"}),
        ({"license": "apache-2.0"}, {"bert-large-cased"}),
        ({"license": "mit"}, {"squad"}),
        ({"license": "LicenseRef-acme"}, {"tool"}),
        ({"license": "Acme Research Terms"}, {"whisper"}),
        ({"license": "acme research terms"}, {"whisper"}),
        ({"type": "dataset"}, {"squad"}),
        ({"min_score": "0.4"}, {"bert-large-cased", "squad", "tool"}),
        ({"min_score": "0"}, {"bert-large-cased", "squad", "tool"}),
        ({"owner": "alice"}, {"bert-large-cased"}),
        ({"owner": "nobody"}, set()),
        ({"state": "ready", "owner": "bob"}, {"squad"}),
        ({"state": "arriving"}, {"slow"}),
        ({"state": "refused"}, {"gated"}),
        ({"state": "quarantined"}, set()),
        ({"state": "FAILED"}, {"gated", "tool"}),
        ({"state": "FETCHING", "name": "slow"}, {"slow"}),
        ({"state": "READY", "type": "code"}, {"tool"}),
    ],
)
def test_both_find_the_same(faces, some, asked, found):
    for face in faces:
        assert set(face(asked)) == found


@pytest.mark.parametrize("sort", SORTS)
def test_each_order_of_the_page_is_one_of_the_api(faces, sort):
    for number in range(12):
        make_artifact(
            f"m{number:02}",
            net_score=None if number % 4 == 0 else (number % 3) / 4,
        )
    page, endpoint = faces
    assert page({"sort": sort}) == endpoint({"ordering": SORTS[sort].ordering})
    assert SORTS[sort].ordering.removeprefix("-") in listing.ORDERS


def test_a_state_of_the_api_is_shown_where_it_is_asked_for(client, charlie):
    client.force_login(charlie)
    assert '<option value="FAILED" selected>' in client.get("/artifacts/?state=FAILED").text
    assert "FAILED" not in client.get("/artifacts/?state=refused").text


def count_queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("state", ["refused", "arriving", "FAILED", "PENDING"])
def test_what_is_not_ready_costs_the_same_for_many(client, charlie, state):
    client.force_login(charlie)
    kind = State.FAILED if state in {"refused", "FAILED"} else State.PENDING
    make_artifact("first", state=kind)
    address = f"/artifacts/?state={state}"
    few = count_queries(client, address)
    for number in range(19):
        make_artifact(f"next-{number}", state=kind)
    assert count_queries(client, address) == few <= 7
    assert len(ROW.findall(client.get(address).text)) == 20


def test_a_pattern_among_the_refused_costs_the_same_for_many(client, charlie):
    client.force_login(charlie)
    address = "/artifacts/?state=refused&q=m.del&regex=on"
    make_artifact("model-0", state=State.FAILED)
    few = count_queries(client, address)
    for number in range(1, 10):
        make_artifact(f"model-{number}", state=State.FAILED)
    assert count_queries(client, address) == few
    assert len(ROW.findall(client.get(address).text)) == 10


def test_the_newest_version_is_the_one_that_is_shown(client, charlie):
    client.force_login(charlie)
    artifact = make_artifact("gated", state=State.FAILED, reason="It is gated.")
    Version.objects.create(
        artifact=artifact, number=2, state=State.REJECTED, reason="The licence is unknown."
    )
    text = client.get("/artifacts/?state=refused").text
    assert "The licence is unknown." in text
    assert "It is gated." not in text


def test_keys_of_the_page_before_keys_were_signed_lead_to_the_first_page(client, charlie):
    client.force_login(charlie)
    make_artifact("bert")
    for sort, key in {"name": "abc~1", "newest": "2026-01-01T00:00:00+00:00~7"}.items():
        text = client.get(f"/artifacts/?sort={sort}&after={key}").text
        assert ROW.findall(text) == ["bert"]

"""Where the pages of the contract begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from artifacts import audit_actions
from artifacts.api import audit_trail, name_queries, searching
from common.pagination import Keys, seal
from tests.factories import make_artifact

pytestmark = pytest.mark.django_db

ASKED: dict[str, tuple[str, str, Any]] = {
    "queries": ("post", "/api/artifacts", [{"name": "*"}]),
    "byName": ("get", "/api/artifact/byName/same", None),
    "byRegEx": ("post", "/api/artifact/byRegEx", {"regex": "s[a]me"}),
    "audit": ("get", "/api/artifact/model/{}/audit", None),
}


@pytest.fixture(params=ASKED)
def ask(request, monkeypatch, api, dora) -> Callable[..., Any]:
    """A list of the contract, two rows at a time, as a function of where the page begins."""
    for module in (name_queries, searching, audit_trail):
        monkeypatch.setattr(module, "PAGE_SIZE", 2)
    artifacts = [make_artifact("same", url=f"https://huggingface.co/acme/{n}") for n in range(3)]
    for _ in range(3):
        audit_actions.record(artifacts[0], "DOWNLOAD", dora)
    method, address, body = ASKED[request.param]
    address, client = address.format(artifacts[0].pk), api(dora)

    def asked(query: str = "", **headers: str) -> Any:
        arguments = [address + query, *([] if body is None else [body])]
        return getattr(client, method)(*arguments, headers=headers)

    return asked


def rows(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.content
    return [{**row, "date": ""} for row in answer.json()]


@pytest.mark.parametrize("how", [{"query": "?offset=0"}, {"offset": "0"}, {"query": "?offset="}])
def test_0_is_the_first_page(ask, how):
    first = ask()
    again = ask(**how)
    assert len(rows(again)) == 2
    assert "offset" in again.headers
    if "date" not in first.json()[0]:  # reading an audit trail is an entry as well
        assert again.json() == first.json()
        assert again["offset"] == first["offset"]


def test_the_next_page_goes_on(ask):
    first = ask()
    second = ask(offset=first["offset"])
    assert rows(second)
    assert ask(f"?offset={first['offset']}").json() == second.json()


@pytest.mark.parametrize("offset", ["00", "1", "-0", "0.0", "x", "None"])
def test_what_is_no_key_is_refused(ask, offset):
    assert ask(f"?offset={offset}").json()["code"] == "invalid_page_key"


def test_a_key_of_an_earlier_form_is_refused_in_words(api, dora):
    artifact = make_artifact()
    old = seal(f"audit of {artifact.pk}", 17)
    answer = api(dora).get(f"/api/artifact/model/{artifact.pk}/audit?offset={old}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_page_key")


def test_the_key_of_the_last_page_is_empty():
    keys = Keys("somewhere", "offset")
    page = keys.cut([1, 2], size=2, last=lambda row: row)
    assert (page.rows, page.next_key, keys.write(None)) == ([1, 2], "", "")

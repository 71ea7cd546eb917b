"""The switch for regular expressions: in the address, with its error beside the field."""

from __future__ import annotations

import re

import pytest

from artifacts.listing import PAGE_SIZE
from artifacts.search import documents, time_limit
from tests.factories import make_artifact

URL = "/artifacts/"
FRAGMENT = {"HX-Request": "true"}


def names(response) -> list[str]:
    return re.findall(r'class="artifact-row__name"[^>]*>([^<]+)<', response.text)


def publish(name: str, readme: str = "# Nothing", **more):
    artifact = make_artifact(name, readme=readme, **more)
    documents.index(artifact.current)
    return artifact


@pytest.fixture
def reader(client, charlie):
    client.force_login(charlie)
    return client


def test_names_come_first_and_readmes_say_that_they_match(reader):
    publish("about-birds", "The zebrafinch sings.")
    publish("zebrafinch-base")
    response = reader.get(URL, {"q": "zebra(finch|fish)", "regex": "on"})
    assert names(response) == ["zebrafinch-base", "about-birds"]
    assert response.text.count("matches in its README") == 1
    assert "2 artifacts match\n" in response.text


def test_without_the_switch_the_same_text_is_plain_words(reader):
    publish("zebrafinch-base")
    assert names(reader.get(URL, {"q": "zebra(finch|fish)"})) == []


def test_the_switch_lives_in_the_address(reader):
    publish("bert")
    query = {"q": "^be", "regex": "on"}
    response = reader.get(URL, query, headers=FRAGMENT | {"HX-Trigger-Name": "q"})
    assert response["HX-Replace-Url"] == "/artifacts/?q=%5Ebe&regex=on"
    assert re.search(r'<input[^>]+name="regex"[^>]+ checked>', reader.get(URL, query).text)


def test_filters_narrow_what_matches(reader):
    publish("bert-one", type="dataset", readme="finch")
    publish("bert-two", readme="finch")
    for text in ("bert", "finch"):
        assert names(reader.get(URL, {"q": text, "regex": "on", "type": "dataset"})) == ["bert-one"]


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_a_broken_expression_is_explained_beside_the_field(reader, headers):
    publish("bert")
    response = reader.get(URL, {"q": "(a", "regex": "on"}, headers=headers)
    assert response.status_code == 200
    assert "missing ): (a" in response.text
    assert names(response) == []
    assert "No results" not in response.text


def test_pages_go_on_where_the_last_one_ended(reader):
    for number in range(PAGE_SIZE + 3):
        publish(f"finch-{number:02}")
    first = reader.get(URL, {"q": "f[i]nch", "regex": "on"})
    assert f"{PAGE_SIZE} artifacts so far, names before READMEs" in first.text
    following = re.search(r'href="(\?[^"]*after=[^"]*)"', first.text)[1].replace("&amp;", "&")
    second = reader.get(URL + following)
    assert len(names(first)) == PAGE_SIZE
    assert names(second) == [f"finch-{PAGE_SIZE + n:02}" for n in range(3)]


@pytest.mark.parametrize("after", ["x", "names~x", "readmes~", "names~" + "9" * 30, "~1"])
def test_a_broken_position_is_the_first_page(reader, after):
    publish("bert")
    assert names(reader.get(URL, {"q": "b.rt", "regex": "on", "after": after})) == ["bert"]


def test_a_search_that_ran_out_of_time_says_so_and_can_go_on(reader, monkeypatch):
    publish("bert")
    monkeypatch.setattr(time_limit, "FREE_SECONDS", 0.0)
    monkeypatch.setattr(time_limit.Budget, "extend", lambda self: False)
    text = reader.get(URL, {"q": r"\d{7}", "regex": "on"}).text
    assert "Time was up before everything was looked at" in text
    assert "Search on" in text
    assert "No results" not in text

"""The list: search, filters that live in the address, pages that begin after a row."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from artifacts.models import State
from tests.factories import make_artifact

URL = "/artifacts/"


def names(response) -> list[str]:
    return re.findall(r'class="artifact-row__name"[^>]*>([^<]+)<', response.text)


@pytest.fixture
def reader(client, charlie):
    client.force_login(charlie)
    return client


def test_strangers_are_asked_to_sign_in(client, db):
    response = client.get(URL)
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_a_row_says_name_type_licence_score_coverage_size_and_age(reader):
    make_artifact("whisper", license="MIT", net_score=0.63, coverage=0.75)
    text = reader.get(URL).text
    for words in ("whisper", "Model", "MIT", "0.63", "75\u00a0% known", "269\u00a0MB", "<time"):
        assert words in text


def test_what_has_not_arrived_is_not_in_the_list(reader):
    make_artifact("whisper", state=State.FETCHING)
    assert names(reader.get(URL)) == []


def test_what_has_not_arrived_is_found_by_its_state(reader):
    make_artifact("whisper", state=State.FETCHING)
    make_artifact("gated", state=State.FAILED, reason="The repository is gated.")
    assert names(reader.get(URL, {"state": "arriving"})) == ["whisper"]
    response = reader.get(URL, {"state": "refused"})
    assert names(response) == ["gated"]
    assert "The repository is gated." in response.text


def test_every_word_of_a_search_counts(reader):
    make_artifact("bert-base-uncased")
    make_artifact("bert-large-cased")
    assert names(reader.get(URL, {"q": "BERT large"})) == ["bert-large-cased"]


def test_a_search_looks_into_the_source_as_well(reader):
    make_artifact("whisper", url="https://huggingface.co/OpenAI/whisper-tiny")
    assert names(reader.get(URL, {"q": "openai"})) == ["whisper"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"type": "dataset"}, ["squad"]),
        ({"license": "mit"}, ["squad"]),
        ({"score": "0.7"}, ["bert"]),
        ({"owner": "alice"}, ["bert"]),
        ({"type": "model", "score": "0.9"}, []),
    ],
)
def test_filters_narrow_the_list(reader, alice, filters, found):
    make_artifact("bert", owner=alice, net_score=0.8, license="Apache-2.0")
    make_artifact("squad", type="dataset", net_score=0.4, license="MIT")
    assert names(reader.get(URL, filters)) == found


def test_the_best_score_comes_first_and_unknown_ones_last(reader):
    make_artifact("unknown", net_score=None)
    make_artifact("good", net_score=0.9)
    make_artifact("fair", net_score=0.5)
    assert names(reader.get(URL, {"sort": "score"})) == ["good", "fair", "unknown"]


@pytest.mark.parametrize("sort", ["newest", "name", "score", "size"])
def test_following_the_pages_shows_everything_once(reader, sort):
    scores = [None, 0.5, 0.5, 0.9]
    for number in range(30):
        make_artifact(
            f"model-{number // 2}", url=f"https://x/{number}", net_score=scores[number % 4]
        )
    seen, address = [], f"{URL}?sort={sort}"
    for _ in range(3):
        response = reader.get(address)
        seen += re.findall(r'class="artifact-row__name" href="([^"]+)"', response.text)
        more = re.search(
            r'class="listing__more">\s*<a class="button" href="([^"]+)"', response.text
        )
        if not more:
            break
        address = URL + more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize("sort", ["newest", "name", "score", "size"])
@pytest.mark.parametrize(
    "cursor",
    [
        "~",
        "x",
        "0.5~",
        "~~7",
        "nan~x",
        "nan~1",
        "2020~1",
        "2020-01-01T00:00:00~1",
        "0001-01-01T00:00:00+23:59~1",
        "\u0661~\u0661",
        "1~" + "9" * 40,
        "9" * 40 + "~1",
    ],
)
def test_a_broken_cursor_breaks_nothing(reader, cursor, sort):
    make_artifact("bert")
    assert reader.get(URL, {"after": cursor, "sort": sort}).status_code == 200


def test_the_fragment_holds_no_page_and_tells_the_count(reader):
    make_artifact("bert")
    response = reader.get(URL, {"q": "bert"}, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert "1 artifact fits" in response.text
    assert 'hx-swap-oob="innerHTML:#count"' in response.text


def test_typing_replaces_the_address_and_choosing_adds_a_step(reader):
    typing = {"HX-Request": "true", "HX-Trigger-Name": "q"}
    typed = reader.get(URL, {"q": "bert", "type": ""}, headers=typing)
    assert typed["HX-Replace-Url"] == "/artifacts/?q=bert"
    chosen = reader.get(URL, {"q": "", "type": "model"}, headers={"HX-Request": "true"})
    assert chosen["HX-Push-Url"] == "/artifacts/?type=model"


def test_the_fragment_says_how_many_filters_are_set(reader):
    answer = reader.get(
        URL, {"q": "x", "type": "model", "sort": "name"}, headers={"HX-Request": "true"}
    )
    assert '<span hx-swap-oob="innerHTML:#chosen">: 2 set</span>' in answer.text


def test_caches_are_told_that_page_and_fragment_differ(reader):
    assert "HX-Request" in reader.get(URL)["Vary"]


def test_a_wrong_filter_is_explained(reader):
    make_artifact("bert")
    response = reader.get(URL, {"score": "2"})
    assert response.status_code == 200
    assert "less than or equal to 1" in response.text
    assert "Nothing was looked for" in response.text


def test_quarantined_artifacts_are_hidden_from_all_but_admins(reader, client, dora):
    artifact = make_artifact("suspect", state=State.QUARANTINED)
    artifact.is_quarantined = True
    artifact.save()
    for state in ("ready", "quarantined", "refused", "arriving"):
        assert names(reader.get(URL, {"state": state})) == []
    client.force_login(dora)
    assert names(client.get(URL, {"state": "quarantined"})) == ["suspect"]


def test_an_empty_registry_invites_those_who_may_register(client, alice, bob):
    client.force_login(bob)
    assert "Register the first one" not in client.get(URL).text
    client.force_login(alice)
    assert "Register the first one" in client.get(URL).text


def test_one_row_or_many_cost_the_same(client, charlie, django_assert_num_queries):
    client.force_login(charlie)
    for number in range(8):
        make_artifact(f"model-{number}")
    with django_assert_num_queries(5):  # session, user, count, page, licences of the filter
        client.get(URL)


def test_names_are_shown_as_text(reader):
    make_artifact("<script>alert(1)</script>")
    assert "<script>alert" not in reader.get(URL).text


def test_a_first_visit_transfers_less_than_150_kb(reader):
    for number in range(26):
        make_artifact(f"model-{number}")
    text = reader.get(URL).text
    addresses = set(re.findall(r'(?:href|src)="/?static/([^"#]+)', text))
    assert {"css/base.css", "js/page.js", "icons/icons.svg"} <= addresses
    parts = [Path(finders.find(address)).read_bytes() for address in addresses]
    sent = len(text.encode()) + sum(len(gzip.compress(part)) for part in parts)
    assert sent < 150_000


@pytest.mark.parametrize("asked", ["state=gone", "type=film", "sort=luck", f"license={'x' * 256}"])
def test_a_list_that_nobody_looked_for_says_why(client, charlie, asked):
    client.force_login(charlie)
    assert 'class="errorlist"' in client.get(f"/artifacts/?{asked}").text

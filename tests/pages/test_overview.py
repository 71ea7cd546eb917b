"""The overview: figures that come from rows, and a health line that comes from probes."""

from __future__ import annotations

import re

import pytest

from artifacts.models import State
from artifacts.templatetags.words import with_unit, without_unit
from registry.operations.charts import HEIGHT, bars
from tests.factories import make_artifact


@pytest.fixture
def reader(client, charlie):
    client.force_login(charlie)
    return client


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_an_empty_registry_says_so(reader):
    text = plain(reader.get("/").text)
    assert "Nothing is arriving." in text
    assert "Nothing was refused." in text
    assert "Nothing is rated yet." in text


def test_it_counts_by_type_and_state(reader):
    make_artifact("a")
    make_artifact("b", type="dataset")
    make_artifact("c", type="dataset", state=State.FAILED, reason="Gone.")
    text = plain(reader.get("/").text)
    assert "1 model " in text
    assert re.search(r"1 dataset 1 not ready", text)
    assert "0 code repositories" in text


def test_what_arrives_is_live_and_what_was_refused_has_its_reason(reader):
    make_artifact("whisper", state=State.FETCHING, stage="fetch")
    make_artifact("gated", state=State.FAILED, reason="The repository is gated.")
    text = reader.get("/").text
    assert 'hx-trigger="every 2s"' in text
    assert "Fetch the files." in text
    assert "The repository is gated." in text


def test_polling_ends_when_nothing_arrives(reader):
    make_artifact()
    assert "every 2s" not in reader.get("/arriving/", headers={"HX-Request": "true"}).text


def test_scores_fall_into_tenths(reader):
    for number, score in enumerate((0.05, 0.71, 0.79, 1.0)):
        make_artifact(f"m{number}", net_score=score)
    text = reader.get("/").text
    assert "0.0: 1; 0.7: 2; 0.9: 1; " in text


def test_the_quarantined_are_not_counted_for_everybody(reader):
    artifact = make_artifact("suspect", state=State.FAILED, reason="Secret reason.")
    artifact.is_quarantined = True
    artifact.save()
    assert "Secret reason." not in reader.get("/").text


def test_the_health_line_comes_from_the_probes(reader):
    text = reader.get("/status/", headers={"HX-Request": "true"}).text
    assert "No worker is running" in text
    assert "<html" not in text


def test_the_health_page_shows_every_part(reader):
    text = reader.get("/status/").text
    for part in ("Database", "Storage", "Workers"):
        assert part in text


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [("latency_ms", "latency", "16.7\u00a0ms"), ("oldest_seconds", "oldest", "16.7\u00a0s"),
     ("waiting", "waiting", "16.7")],
)  # fmt: skip
def test_figures_of_the_probes_have_their_units(name, label, value):
    assert (without_unit(name), with_unit(16.7, name)) == (label, value)


def test_the_highest_bar_reaches_the_top_and_one_is_visible():
    low, high, none = bars([("a", 1), ("b", 10_000), ("c", 0)])
    assert high.height == HEIGHT
    assert low.height > 0
    assert none.height == 0

"""The tables of licences have the shape that is read out of them."""

from __future__ import annotations

import re
import string

import numpy as np
import pytest

from bench.classifier_patterns import sources, wording
from ratings.licences.data.tables import DATA, pattern, table, word_list
from ratings.licences.detection import fingerprint
from ratings.licences.terms.of_licence import STATED

WORDING = table("wording")
CATEGORIES = table("software")["categories"]


def fields(template: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_table_is_read_by_somebody():
    assert {path.stem for path in DATA.glob("*.json")} == {
        "community",
        "datalicences",
        "messages",
        "names",
        "rules",
        "software",
        "wording",
    }


@pytest.mark.parametrize("name", WORDING["patterns"])
def test_a_pattern_says_what_it_is_for_and_compiles(name: str):
    row = WORDING["patterns"][name]
    assert row["about"]
    assert row.keys() <= {"about", "flags", "words", "patterns"}
    assert set(row.get("flags", "")) <= {"i", "m", "s"}
    assert pattern(name).search("") is None or name in ("list_mark", "explanation", "granted")


@pytest.mark.parametrize("name", WORDING["words"])
def test_a_list_says_what_it_is_for_and_holds_each_word_once(name: str):
    row = WORDING["words"][name]
    assert row["about"]
    assert len(row["words"]) == len(word_list(name))


@pytest.mark.parametrize(
    ("name", "row"), table("rules")["answers"].items(), ids=table("rules")["answers"]
)
def test_an_answer_names_its_rule_and_reason(name: str, row: dict[str, str]):
    assert row["answer"] in ("yes", "no", "unknown")
    assert re.fullmatch(r"[a-z0-9.-]+", row.get("rule", name))
    known = {"inbound", "outbound", "side", "licence", "words", "said"}
    assert fields(row["reason"] + row.get("source", "")) <= known
    assert row.get("said_in", "copyleft") in STATED
    assert not (row.get("source") and row.get("said_in"))


@pytest.mark.parametrize("kind", ["findings", "chain"])
def test_a_message_has_a_severity(kind: str):
    for row in table("messages")[kind].values():
        assert row["severity"] in ("contradiction", "warning", "info")
        assert row["message"]
        assert kind == "findings" or row["answer"] in ("yes", "no", "unknown")


def test_terms_are_told_in_known_words():
    known = table("software")
    for row in known["groups"].values():
        assert row["category"] in CATEGORIES
        assert row["copyleft"] in known["copyleft"]
        assert set(row["obligations"]) <= known["obligations"].keys()
    for row in (*table("community"), *table("datalicences")):
        assert row["category"] in CATEGORIES, row["id"]
        assert row["facts"].keys() <= set(STATED), row["id"]
        assert all(len(duty) == 3 for duty in row["obligations"]), row["id"]


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0", "BSD-3-Clause"])
def test_the_table_of_patterns_is_that_of_the_installed_classifier(licence: str):
    """`bench/fingerprints.py` makes it anew when the pin of licenseclassifier moves."""
    known = fingerprint.hashes_of("patterns").of(licence)
    assert np.array_equal(known, wording(sources()[licence]))


def test_the_table_of_patterns_has_every_licence_of_the_classifier():
    assert set(fingerprint.hashes_of("patterns").ids) == set(sources())

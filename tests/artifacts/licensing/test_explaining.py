"""The answer with everything that led to it, along the chain."""

from __future__ import annotations

import json
from pathlib import Path

from artifacts.licensing import Parent, assess, detect, explain, judge_chain, normalise

MIT_TEXT = (Path(__file__).resolve().parents[3] / "LICENSE").read_text()


def licensed(declared: object, text: str = ""):
    return assess(normalise(declared), detect(text, "LICENSE") if text else [])


PROJECT = licensed(None, MIT_TEXT)


def test_a_yes_names_licences_files_lines_rule_and_source():
    answer = explain(model=licensed("apache-2.0"), project=PROJECT).to_json()
    assert (answer["answer"], answer["rule"]) == ("yes", "osadl-matrix")
    assert "OSADL" in answer["source"]
    (project,) = [row for row in answer["licences"] if row["of"] == "project"]
    assert (project["file"], project["line"], project["licence"]) == ("LICENSE", 3, "MIT")
    assert answer["obligations"]
    assert json.loads(json.dumps(answer)) == json.loads(json.dumps(answer))


def test_a_no_says_why():
    answer = explain(model=licensed("gpl-3.0"), project=PROJECT)
    assert answer.sentence.startswith("No: ")
    assert answer.obligations == ()


def test_what_nobody_knows_is_unknown_because():
    for declared in (None, "other", "cc", "never-heard-of-it"):
        answer = explain(model=licensed(declared), project=PROJECT)
        assert (answer.answer, answer.is_compatible) == ("unknown", False)
        assert answer.sentence.startswith("Unknown, because ")


def test_a_project_without_a_licence_is_unknown():
    answer = explain(model=licensed("mit"), project=licensed(None))
    assert "project" in answer.sentence
    assert answer.answer == "unknown"


def test_a_permissive_label_on_a_restricted_base_is_found():
    parents = [Parent("meta-llama/Llama-3.1-8B", "base_model", licensed("llama3.1"))]
    (found,) = judge_chain(licensed("mit"), parents)
    assert (found.code, found.severity) == ("restricted_parent", "contradiction")
    assert found.message.startswith("labelled MIT, but made from meta-llama/Llama-3.1-8B")
    answer = explain(model=licensed("mit"), project=PROJECT, chain=parents)
    assert (answer.verdict.answer, answer.answer) == ("yes", "unknown")


def test_a_label_that_fits_its_base_leaves_the_answer_alone():
    parents = [Parent("mistralai/Mistral-7B-v0.1", "base_model", licensed("apache-2.0"))]
    answer = explain(model=licensed("mit"), project=PROJECT, chain=parents)
    assert (answer.answer, answer.chain[0].code) == ("yes", "parent_fits")
    assert {each.licence for each in answer.obligations} == {"MIT", "Apache-2.0"}


def test_data_is_judged_as_data():
    parents = [
        Parent("open", "training_dataset", licensed("cdla-sharing-1.0")),
        Parent("closed", "training_dataset", licensed("cc-by-nc-4.0")),
        Parent("measured", "evaluation_dataset", licensed("cc-by-nc-nd-4.0")),
        Parent("dark", "base_model"),
    ]
    found = {
        each.parent: (each.code, each.severity) for each in judge_chain(licensed("mit"), parents)
    }
    assert found == {
        "open": ("parent_fits", "info"),
        "closed": ("parent_unsettled", "warning"),
        "measured": ("evaluation_only", "info"),
        "dark": ("parent_unknown", "warning"),
    }


def test_contradictions_come_first():
    parents = [
        Parent("fits", "base_model", licensed("mit")),
        Parent("dark", "base_model"),
        Parent("closed", "merge", licensed("cc-by-nc-4.0")),
    ]
    assert [each.parent for each in judge_chain(licensed("mit"), parents)] == [
        "closed",
        "dark",
        "fits",
    ]

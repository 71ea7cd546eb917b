"""The answer with everything that led to it, along the chain."""

from __future__ import annotations

import json
from pathlib import Path

from ratings.licences import (
    Declared,
    LicenceFindings,
    Parent,
    assess,
    detect,
    explain,
    judge_chain,
    normalise,
)
from ratings.licences.check import Check, Project
from ratings.licences.serializers import ExplanationSerializer

MIT_TEXT = (Path(__file__).resolve().parents[3] / "LICENSE").read_text()


def licensed(declared: object, text: str = ""):
    return assess(normalise(declared), detect(text, "LICENSE") if text else [])


PROJECT = licensed(None, MIT_TEXT)


def test_a_yes_names_licences_files_lines_rule_and_source():
    found = explain(model=licensed("apache-2.0"), project=PROJECT)
    answer = ExplanationSerializer(Check(found, Project(PROJECT))).data
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


class TestContested:
    """A yes is never given where a text says something else than its label."""

    RIDER = MIT_TEXT + "\nSelling it is off limits.\n"

    def test_a_text_with_words_of_its_own_on_either_licensed(self):
        mine, plain = licensed("mit", self.RIDER), licensed("mit", MIT_TEXT)
        for model, project in ((mine, plain), (plain, mine)):
            answer = explain(model=model, project=project)
            assert (answer.answer, answer.is_compatible) == ("unknown", False)
            assert "“Selling it is off limits.”" in answer.sentence

    def test_a_certain_text_that_is_not_what_is_declared(self):
        answer = explain(model=licensed("apache-2.0", MIT_TEXT), project=licensed("mit", MIT_TEXT))
        assert answer.verdict.answer == "yes"
        assert (answer.answer, answer.is_compatible) == ("unknown", False)
        assert "LICENSE holds MIT" in answer.sentence

    def test_a_declaration_without_a_text_still_counts(self):
        assert explain(model=licensed("mit"), project=licensed("mit")).is_compatible

    def test_a_parent_with_terms_of_its_own(self):
        kept = LicenceFindings(Declared(), expression="MIT AND LicenseRef-terms-of-its-own")
        for licence in (kept, licensed("mit", self.RIDER), licensed(None, self.RIDER)):
            parent = Parent("base", "base_model", licence)
            answer = explain(model=licensed("mit"), project=licensed("mit"), chain=[parent])
            assert answer.answer == "unknown"
            assert answer.chain[0].code == "parent_own_terms"
            assert "made from base" in answer.sentence

    def test_a_parent_whose_declaration_and_text_disagree(self):
        parent = Parent("base", "base_model", licensed("apache-2.0", MIT_TEXT))
        answer = explain(model=licensed("mit"), project=licensed("mit"), chain=[parent])
        assert answer.answer == "unknown"
        assert "whose declaration and text disagree" in answer.chain[0].message

    def test_a_parent_that_forbids_something_still_says_no(self):
        kept = LicenceFindings(
            Declared(), expression="CC-BY-NC-4.0 AND LicenseRef-terms-of-its-own"
        )
        answer = explain(
            model=licensed("mit"),
            project=licensed("mit"),
            chain=[Parent("base", "base_model", kept)],
        )
        assert answer.chain[0].severity == "contradiction"

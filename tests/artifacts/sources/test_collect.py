"""One real collection of each kind, through the real clients, from the local hub."""

from __future__ import annotations

import hashlib

import pytest

from artifacts import sources
from artifacts.facts import Facts
from artifacts.sources.errors import SourceError, SourceNotFound


def everything(facts):
    with sources.opened(facts) as checkout:
        return {file.path: b"".join(checkout.read(file.path)) for file in facts.files}


@pytest.mark.parametrize("kind", ["model", "dataset", "code", "adapter", "gguf"])
def test_facts_survive_storage_and_every_byte_is_what_was_listed(collect, demo_content, kind):
    facts = collect(getattr(demo_content, kind).url)
    assert len(facts.revision) == 40
    assert facts.readme
    assert Facts.from_json(facts.to_json()) == facts
    read = everything(facts)
    for file in facts.files:
        data = read[file.path]
        assert len(data) == file.size_bytes
        if file.sha256:
            assert hashlib.sha256(data).hexdigest() == file.sha256
        else:
            blob = b"blob %d\0" % len(data) + data
            assert hashlib.sha1(blob).hexdigest() == file.git_sha1


def test_a_model_names_its_data_and_its_code(collect, demo_content):
    facts = collect(demo_content.model.url)
    named = {(r.relationship, r.url) for r in facts.references}
    assert ("training_dataset", demo_content.dataset.url) in named
    assert ("code", demo_content.code.url) in named
    assert sum(one.parameters for one in facts.weights) == 74_016
    assert facts.metadata_license == "apache-2.0"
    assert facts.history.commits >= 5


def test_what_a_model_names_is_collected_at_its_own_revision(collect, demo_content):
    facts = sources.collect_linked(collect(demo_content.model.url))
    assert {one.url for one in facts.linked} == {demo_content.dataset.url, demo_content.code.url}
    assert all(len(one.revision) == 40 for one in facts.linked)
    assert facts.linked_problems == {}


def test_a_dataset_that_is_gone_is_a_fact_and_not_a_failure(collect, demo_content, outside):
    from tests.hub.faults import Status

    facts = collect(demo_content.model.url)
    outside.faults.add("/api/datasets/*", Status(404, code="RepoNotFound"))
    linked = sources.collect_linked(facts)
    assert list(linked.linked_problems) == [demo_content.dataset.url]
    gone = [one for one in linked.references if one.url == demo_content.dataset.url]
    assert {one.exists for one in gone} == {False}


def test_a_code_repository_brings_its_history_and_a_survey(collect, demo_content):
    facts = collect(demo_content.code.url)
    assert facts.history.review.reviewed_lines
    assert {"tests/test_train.py"} <= set(facts.survey.test_files)
    by_path = {one.path: one for one in facts.history.files}
    assert "src/field_notes/train.py" in by_path


def test_other_letter_case_is_the_same_artifact(collect, demo_content):
    facts = collect("https://hf.co/Fernwood/FIELD-notes-tiny")
    assert facts.url == demo_content.model.url  # the Hub redirects to its own spelling
    facts = collect(demo_content.code.url.replace("fernwood", "FernWood"))
    assert facts.url.casefold() == demo_content.code.url  # GitHub takes any


@pytest.mark.parametrize("kind", ["model", "code"])
def test_a_revision_is_pinned(collect, demo_content, kind):
    url = getattr(demo_content, kind).url
    newest = collect(url)
    assert collect(f"{url}/tree/main").revision == newest.revision
    assert collect(url, revision=newest.revision).revision == newest.revision
    with pytest.raises(SourceNotFound):
        collect(f"{url}/tree/no-such-branch")
    with pytest.raises(SourceError):
        collect(url, revision="0" * 40)


@pytest.mark.parametrize("url", ["https://hf.co/no/body", "https://github.com/no/body"])
def test_what_does_not_exist_is_said_to_be_missing(collect, url):
    with pytest.raises(SourceNotFound, match="or it is private"):
        collect(url)


def test_only_listed_files_can_be_read(collect, demo_content):
    facts = collect(demo_content.code.url)
    with sources.opened(facts) as checkout, pytest.raises(SourceNotFound):
        next(iter(checkout.read("../../etc/passwd")))


def test_existence_is_looked_up_without_reading_anything(collect, demo_content, outside):
    from artifacts.facts import Reference

    assert sources.lookup(Reference("model", "x", demo_content.model.url)) is True
    assert sources.lookup(Reference("model", "x", "https://huggingface.co/no/body")) is False
    assert sources.lookup(Reference("code", "x", demo_content.code.url)) is True
    assert sources.lookup(Reference("paper", "x", "https://arxiv.org/abs/1")) is None


def test_the_token_goes_to_the_hub(collect, demo_content, outside, settings):
    settings.HUGGINGFACE_HUB_TOKEN = "hf_alice"
    collect(demo_content.model.url)
    sent = {request.headers.get("Authorization") for request in outside.seen("*fernwood*")}
    assert sent == {"Bearer hf_alice"}

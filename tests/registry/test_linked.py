"""What a model names: read once, kept for its rating, and registered for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.timezone import now
from django_q.models import OrmQ

from artifacts import services
from artifacts.errors import InvalidName
from artifacts.facts import Facts
from artifacts.models import Artifact, Observation, State, Version
from lineage.models import Link
from ratings.models import Rating
from ratings.services import facts_of
from registry.ingestion import companions, ingest
from tests.hub.faults import Status
from tests.registry.conftest import carry

DATASET_API = "/api/datasets/fernwood/*"
CODE_GIT = "*field-notes-training*"


def brought_by(version: Version) -> dict[str, Artifact]:
    return {artifact.type: artifact for artifact in version.artifact.brought.all()}


class TestRegistering:
    def test_the_data_and_the_code_become_artifacts_of_their_own(self, bring, demo_content, alice):
        version = bring(demo_content.model)
        brought = brought_by(version)
        assert brought.keys() == {"dataset", "code"}
        assert brought["dataset"].source_url == demo_content.dataset.url
        assert brought["code"].source_url == demo_content.code.url
        assert {artifact.owner for artifact in brought.values()} == {alice}
        assert "Registered what it names" in version.notes[-1]["text"]

    def test_each_is_ingested_at_the_revision_that_was_read(self, bring, demo_content):
        brought = brought_by(bring(demo_content.model))
        for kind, made in (("dataset", demo_content.dataset), ("code", demo_content.code)):
            waiting = brought[kind].versions.get()
            assert (waiting.state, waiting.revision) == (State.PENDING, made.revision)
            assert waiting.notes[0]["text"].startswith("Named by field-notes-tiny")
            assert carry(waiting).state == State.READY

    def test_each_is_rated_with_the_metrics_of_its_type(self, bring, demo_content):
        brought = brought_by(bring(demo_content.model))
        answers = {}
        for kind, artifact in brought.items():
            version = carry(artifact.versions.get())
            answers[kind] = Rating.objects.get(version=version).measurements.keys()
        assert "dataset_quality" in answers["dataset"]
        assert "code_quality" not in answers["dataset"]
        assert {"code_quality", "reviewedness", "bus_factor"} <= answers["code"]
        assert "size_score" not in answers["code"]

    def test_what_is_here_already_is_found_and_not_changed(self, bring, demo_content, bob):
        mine = services.register(url=demo_content.dataset.url, type="dataset", owner=bob)
        version = bring(demo_content.model)
        assert brought_by(version).keys() == {"code"}
        assert Artifact.objects.get(type="dataset") == mine.artifact
        assert (mine.artifact.owner, mine.artifact.origin) == (bob, None)
        links = Link.objects.filter(version=version, parent_type="dataset")
        assert {link.parent for link in links} == {mine.artifact}

    def test_a_second_model_that_names_the_same_adds_nothing(self, bring, demo_content):
        version = bring(demo_content.model)
        before = set(Artifact.objects.values_list("pk", flat=True))
        carry(services.refresh(version.artifact, by=None))
        assert set(Artifact.objects.values_list("pk", flat=True)) == before

    def test_a_refused_model_brings_nothing(self, bring, demo_content):
        from ratings.models import PolicyRule

        PolicyRule.objects.filter(applies_to="model", metric="license").update(minimum=1)
        PolicyRule.objects.filter(applies_to="model", metric="net_score").update(minimum=1)
        assert bring(demo_content.model).state == State.REJECTED
        assert Artifact.objects.count() == 1

    def test_what_was_brought_brings_nothing_itself(self, bring, demo_content):
        version = bring(demo_content.model)
        dataset = brought_by(version)["dataset"]
        named = replace(facts_of(version), type="dataset", url=dataset.source_url)
        elsewhere = tuple(replace(one, url=f"{one.url}-next") for one in named.linked)
        child = dataset.versions.get()
        assert companions.register_linked(child, replace(named, linked=elsewhere)) == []
        assert len(companions.register_linked(version, replace(named, linked=elsewhere))) == 2

    def test_general_tools_are_not_registered(self, bring, demo_content):
        version = bring(demo_content.model)
        tool = Facts("code", "https://github.com/HuggingFace/Transformers", "a" * 40)
        assert companions.register_linked(version, replace(facts_of(version), linked=(tool,))) == []

    def test_what_is_too_large_is_left_for_a_person_and_said(self, bring, demo_content, settings):
        settings.LINKED_MAX_BYTES = 10
        version = bring(demo_content.model)
        assert version.state == State.READY
        assert brought_by(version) == {}
        assert demo_content.dataset.url in version.notes[-1]["text"]
        assert "LINKED_MAX_BYTES" in version.notes[-1]["text"]

    def test_what_cannot_be_registered_is_said_and_fails_nothing(
        self, bring, demo_content, monkeypatch
    ):
        whole = services.register

        def refusing(**fields) -> Version:
            if fields["type"] == "dataset" and fields.get("origin"):
                raise InvalidName(reason="Not this one.")
            return whole(**fields)

        monkeypatch.setattr(services, "register", refusing)
        version = bring(demo_content.model)
        assert version.state == State.READY
        assert brought_by(version).keys() == {"code"}
        assert version.notes[-1]["text"].endswith(f"{demo_content.dataset.url}: Not this one.")

    @pytest.mark.parametrize(
        ("datasets", "code", "kinds"), [(0, 0, set()), (1, 0, {"dataset"}), (0, 1, {"code"})]
    )
    def test_how_many_are_followed_is_a_setting(
        self, bring, demo_content, settings, datasets, code, kinds
    ):
        settings.LINKED_MAX_DATASETS, settings.LINKED_MAX_CODE = datasets, code
        version = bring(demo_content.model)
        assert brought_by(version).keys() == kinds
        assert {one.type for one in facts_of(version).linked} == kinds


class TestFailure:
    @pytest.mark.parametrize("status", [404, 500])
    def test_a_dataset_that_cannot_be_read_is_a_fact(self, bring, demo_content, outside, status):
        outside.faults.add(DATASET_API, Status(status, code="RepoNotFound"))
        version = bring(demo_content.model)
        assert version.state == State.READY
        assert brought_by(version).keys() == {"code"}
        assert list(version.facts["linked_problems"]) == [demo_content.dataset.url]
        measured = Rating.objects.get(version=version).measurements["dataset_quality"]
        assert measured["score"] is None
        assert "could be read" in measured["reason"]

    def test_code_that_cannot_be_read_is_unknown_and_not_zero(self, bring, demo_content, outside):
        outside.faults.add(CODE_GIT, Status(500))
        measured = Rating.objects.get(version=bring(demo_content.model)).measurements
        for name in ("bus_factor", "reviewedness", "code_quality"):
            assert measured[name]["score"] is None
            assert "could not be read" in measured[name]["reason"]


class TestReading:
    def test_what_was_read_lately_is_not_read_again(self, bring, demo_content, outside):
        version = bring(demo_content.model)
        outside.requests.clear()
        again = carry(services.refresh(version.artifact, by=None))
        assert outside.count(CODE_GIT) == 0
        assert outside.count(DATASET_API) == 0
        assert facts_of(again).linked == facts_of(version).linked
        assert Observation.objects.count() == 2

    def test_what_is_registered_here_is_not_read_again(self, bring, demo_content, outside):
        code = bring(demo_content.code)
        outside.requests.clear()
        version = bring(demo_content.model)
        assert outside.count(CODE_GIT) == 0
        [read] = [one for one in facts_of(version).linked if one.type == "code"]
        assert read.revision == code.revision
        assert read.history == facts_of(code).history

    def test_what_was_read_long_ago_is_read_again(self, bring, demo_content, outside):
        version = bring(demo_content.model)
        long_ago = now() - timedelta(hours=25)
        Observation.objects.update(collected=long_ago)
        outside.requests.clear()
        carry(services.refresh(version.artifact, by=None))
        assert outside.count(CODE_GIT)
        assert outside.count(DATASET_API)
        # the same revision says the same, so there is nothing new to keep
        assert Observation.objects.filter(collected__gt=long_ago).count() == 2
        assert Observation.objects.count() == 2

    def test_another_reading_of_a_revision_leaves_the_older_one_as_it_was(
        self, bring, demo_content
    ):
        version = bring(demo_content.model)
        row = version.observations.get(type="code")
        row.facts = row.facts | {"history_problem": "the network was down"}
        row.collected = now() - timedelta(hours=25)
        row.save()
        again = carry(services.refresh(version.artifact, by=None))
        assert version.observations.get(type="code") == row
        assert again.observations.get(type="code") != row
        assert again.observations.get(type="code").revision == row.revision
        assert not again.observations.get(type="code").facts.get("history_problem")

    def test_readings_that_nobody_needs_go_when_newer_ones_arrive(self, bring, demo_content):
        version = bring(demo_content.model)
        row = version.observations.get(type="code")
        row.pk, row.revision, row.collected = None, "0" * 40, now() - timedelta(hours=25)
        row.save()
        Observation.objects.exclude(pk=row.pk).filter(type="code").update(
            collected=now() - timedelta(hours=25), revision="1" * 40
        )
        carry(services.refresh(version.artifact, by=None))
        left = set(Observation.objects.filter(type="code").values_list("revision", flat=True))
        assert left == {"1" * 40, demo_content.code.revision}

    def test_a_second_run_of_the_step_changes_nothing(self, bring, demo_content, outside):
        outside.faults.add(DATASET_API, Status(500))
        version = bring(demo_content.model)
        outside.faults.clear()
        outside.requests.clear()
        first = facts_of(version)
        again = companions.collect_linked(version, Facts.from_json(version.facts))
        assert again == first
        assert outside.requests == []

    def test_a_worker_that_died_before_the_facts_were_kept_loses_nothing(
        self, bring, demo_content, outside
    ):
        version = bring(demo_content.model)
        first = facts_of(version)
        outside.requests.clear()
        unaware = replace(
            Facts.from_json(version.facts),
            has_linked=False,
            references=tuple(replace(one, exists=None) for one in first.references),
        )
        assert companions.collect_linked(version, unaware) == first
        assert outside.count(CODE_GIT) == 0
        assert version.observations.count() == 2

    def test_a_rating_is_computed_again_offline_with_the_same_numbers(
        self, bring, demo_content, outside
    ):
        from ratings.services import rate_again

        version = bring(demo_content.model)
        before = Rating.objects.get(version=version)
        Artifact.objects.exclude(pk=version.artifact_id).delete()
        outside.requests.clear()
        after = rate_again(version)
        assert outside.requests == []
        assert (after.net_score, after.coverage) == (before.net_score, before.coverage)
        assert without_latencies(after) == without_latencies(before)


def without_latencies(rating: Rating) -> dict:
    return {
        name: {key: value for key, value in one.items() if key != "latency_seconds"}
        for name, one in rating.measurements.items()
    }


@pytest.mark.django_db(transaction=True)
class TestWithRealTransactions:
    def test_a_worker_finds_them_in_the_queue(self, bring, demo_content):
        version = bring(demo_content.model)
        queued = {task.task["args"] for task in OrmQ.objects.all()}
        waiting = {(one.versions.get().pk,) for one in brought_by(version).values()}
        assert len(waiting) == 2
        assert waiting <= queued

    def test_without_workers_they_arrive_right_after(self, register, demo_content, settings):
        settings.INGESTION_SYNC = True
        version = register(demo_content.model)
        ingest(version.pk)
        states = dict(Artifact.objects.values_list("type", "current__state"))
        assert states == dict.fromkeys(("model", "dataset", "code"), State.READY)

    def test_without_workers_a_failing_one_leaves_the_model_alone(
        self, register, demo_content, settings
    ):
        version = register(demo_content.model)
        settings.INGESTION_SYNC = True
        settings.INGESTION_JOB = f"{__name__}.broken_job"
        ingest(version.pk)
        assert Version.objects.get(pk=version.pk).state == State.READY
        assert Artifact.objects.filter(current=None).count() == 2


def broken_job(pk: int) -> None:
    raise RuntimeError("a bug that is on the row and in the log")

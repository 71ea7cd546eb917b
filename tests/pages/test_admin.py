"""Django admin as operators use it: lists that stay quick, facts that stay facts, actions."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from accounts import tokens
from accounts.models import Role, Session, Token, User
from artifacts.models import Artifact, Blob, File, Observation, Scan, State, Version
from lineage.models import Link
from ratings.models import PolicyRule, Rating
from tests.factories import add_file, make_artifact, make_rating

HEAVY = ("facts", "notes", "measurements", "findings", "serialized_data", "changes_text", "result")
LISTED = [
    Artifact,
    Version,
    File,
    Blob,
    Observation,
    Rating,
    PolicyRule,
    Link,
    User,
    Token,
    Session,
    LogEntry,
    Success,
    Failure,
    Schedule,
    OrmQ,
]
READ_ONLY = [model for model in LISTED if model not in {Artifact, PolicyRule, Link, User}]


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def fill(count: int) -> None:
    """``count`` more of everything."""
    mark = uuid.uuid4().hex[:6]
    for number in range(count):
        name = f"{mark}-{number}"
        owner = User.objects.create_user(name, role=Role.UPLOADER)
        artifact = make_artifact(name, owner=owner)
        seen = Observation.objects.create(
            type="dataset", source_url=f"https://huggingface.co/datasets/{name}", facts={"a": 1}
        )
        artifact.current.observations.add(seen)
        Link.objects.create(
            child=artifact, relationship="base_model", parent_name=name, seen_in="model_card"
        )
        tokens.create_token(owner, name=name)
        tokens.open_session(owner)
        for success in (True, False):
            Task.objects.create(
                id=uuid.uuid4().hex,
                name=name,
                func="registry.ingestion.sweep",
                args=(),
                started=now(),
                stopped=now(),
                success=success,
            )
        Schedule.objects.create(name=name, func="registry.ingestion.sweep")
        OrmQ.objects.create(key="registry", payload="no signature")


@pytest.fixture
def operator(client, dora):
    client.force_login(dora)
    return client


@pytest.mark.django_db
def test_every_list_costs_the_same_with_5_rows_or_50_and_loads_no_long_text(operator):
    fill(5)
    few = {model: _queries(operator, model) for model in LISTED}
    fill(45)
    for model in LISTED:
        many = _queries(operator, model)
        assert len(many) == len(few[model]), f"{model.__name__}: {many}"
        for query in many:
            selected = query.partition(" FROM ")[0]
            assert not [name for name in HEAVY if f'."{name}"' in selected], query


def _queries(client, model) -> list[str]:
    client.get(address(model, "changelist"))  # sessions and content types are known from here on
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address(model, "changelist"))
    assert response.status_code == 200, model
    return [query["sql"] for query in captured.captured_queries]


def test_every_row_opens_and_its_search_answers(operator):
    fill(1)
    for model in LISTED:
        row = model.objects.first()
        assert operator.get(address(model, "change", row.pk)).status_code == 200, model
        assert operator.get(address(model, "changelist"), {"q": "abc"}).status_code == 200, model


def test_what_are_facts_cannot_be_added_changed_or_deleted(operator):
    fill(1)
    for model in READ_ONLY:
        row = model.objects.first()
        assert operator.get(address(model, "add")).status_code == 403, model
        assert operator.post(address(model, "change", row.pk), {}).status_code == 403, model
        assert operator.get(address(model, "delete", row.pk)).status_code == 403, model


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_others_do_not_get_in(client, request, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get("/admin/").status_code in {302, 403}
    assert client.get(address(Artifact, "changelist"), follow=True).status_code == 403


def test_every_model_of_ours_can_be_looked_at(operator):
    registered = set(admin.site._registry)
    assert {m for m in LISTED if m._meta.app_label != "django_q"} <= registered
    assert "Groups" not in operator.get("/admin/").text


def act(client, model, action: str, *rows, **more):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(address(model, "changelist"), chosen | more, follow=True)


class TestArtifacts:
    def test_rows_link_to_the_page_of_the_site_and_to_each_other(self, operator, alice):
        artifact = make_artifact("whisper", owner=alice)
        text = operator.get(address(Artifact, "changelist")).text
        assert f'href="{artifact.get_absolute_url()}"' in text
        assert f'href="{address(User, "change", alice.pk)}"' in text
        text = operator.get(address(Artifact, "change", artifact.pk)).text
        assert f'href="{address(Version, "change", artifact.current_id)}"' in text
        text = operator.get(address(Version, "change", artifact.current_id)).text
        assert f"{address(File, 'changelist')}?version__id__exact={artifact.current_id}" in text
        found = operator.get(
            address(File, "changelist"), {"version__id__exact": artifact.current_id}
        )
        assert "6 files" in found.text

    def test_what_the_scan_found_is_said_in_sentences(self, operator):
        artifact = make_artifact()
        finding = {"kind": "program", "severity": "warning", "detail": "is <i>a</i> program"}
        file = add_file(artifact.current, "run", scan=Scan.SUSPICIOUS, findings=[finding])
        text = operator.get(address(File, "change", file.pk)).text
        assert "It is &lt;i&gt;a&lt;/i&gt; program. It can be run, and" in text

    def test_a_name_and_an_owner_change_and_are_audited(self, operator, alice, bob):
        artifact = make_artifact("whisper", owner=alice)
        operator.post(
            address(Artifact, "change", artifact.pk), {"name": "Whisper ", "owner": bob.pk}
        )
        artifact.refresh_from_db()
        assert (artifact.name, artifact.owner) == ("Whisper", bob)
        assert LogEntry.objects.get_for_object(artifact).filter(changes__has_key="name").exists()

    def test_a_name_that_nobody_can_type_is_refused(self, operator, alice):
        artifact = make_artifact("whisper", owner=alice)
        response = operator.post(
            address(Artifact, "change", artifact.pk), {"name": "*", "owner": alice.pk}
        )
        assert "stands for all artifacts" in response.text
        artifact.refresh_from_db()
        assert artifact.name == "whisper"

    @pytest.mark.parametrize("model", [Artifact, Version])
    def test_quarantine_asks_for_a_reason_and_release_undoes_it(self, operator, model):
        artifact = make_artifact("whisper")
        row = artifact if model is Artifact else artifact.current
        asked = act(operator, model, "quarantine", row)
        assert "whisper, version 1" in asked.text
        assert Artifact.objects.get().current is not None
        act(operator, model, "quarantine", row, reason="It phones home.")
        held = artifact.versions.get()
        assert (held.state, held.reason) == (State.QUARANTINED, "It phones home.")
        assert Artifact.objects.get().is_quarantined
        act(operator, model, "release", row)
        assert Artifact.objects.get().current == held

    def test_a_reason_is_needed(self, operator):
        artifact = make_artifact("whisper")
        asked = act(operator, Artifact, "quarantine", artifact, reason=" ")
        assert "This field is required" in asked.text
        assert not Artifact.objects.get().is_quarantined

    @pytest.mark.parametrize("model", [Artifact, Version])
    def test_what_did_not_arrive_is_tried_again_and_the_rest_says_why_not(self, operator, model):
        url = "https://huggingface.co/openai/{}"
        failed = make_artifact("one", state=State.FAILED, url=url.format("one"))
        ready = make_artifact("two", url=url.format("two"))
        rows = [each if model is Artifact else each.newest for each in (failed, ready)]
        text = act(operator, model, "try_again", *rows).text
        assert "1 asked for again." in text
        assert "Only a failed or rejected version can be tried again; this one is ready." in text
        assert failed.newest.state == State.PENDING

    @pytest.mark.parametrize(
        ("model", "action"), [(Artifact, "rate_artifacts"), (Version, "rate_versions")]
    )
    def test_rating_again_is_queued(
        self, operator, model, action, django_capture_on_commit_callbacks
    ):
        artifact = make_artifact("whisper")
        row = artifact if model is Artifact else artifact.current
        with django_capture_on_commit_callbacks(execute=True):
            assert "1 will be rated again." in act(operator, model, action, row).text
        waiting = OrmQ.objects.get()
        assert waiting.task["args"] == (artifact.current_id,)

    def test_the_state_filter_speaks_as_the_site_does(self, operator):
        make_artifact("here")
        make_artifact("gone", state=State.FAILED)
        text = operator.get(address(Artifact, "changelist"), {"state": "refused"}).text
        assert ">gone</a>" in text
        assert ">here</a>" not in text

    def test_markup_in_facts_is_shown_and_not_obeyed(self, operator):
        artifact = make_artifact("<script>alert(1)</script>", readme="<script>alert(2)</script>")
        artifact.current.notes.append({"at": "now", "text": "<script>alert(3)</script>"})
        artifact.current.save()
        text = operator.get(address(Version, "change", artifact.current_id)).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(2)" in text


class TestPeople:
    def test_roles_change_from_the_list(self, operator, alice, bob):
        text = act(operator, User, "make_uploader", bob, alice).text
        assert "2 made uploader." in text
        bob.refresh_from_db()
        assert bob.role == Role.UPLOADER

    def test_the_last_admin_stays_and_nobody_claims_otherwise(self, operator, dora):
        text = act(operator, User, "disable", dora).text
        assert "dora is the last admin" in text
        text = operator.post(
            address(User, "change", dora.pk), {"role": "searcher", "is_active": "on"}
        ).text
        assert "dora is the last admin" in text
        assert "changed successfully" not in text
        assert operator.post(address(User, "delete", dora.pk), {"post": "yes"}).status_code == 403
        dora.refresh_from_db()
        assert dora.is_admin

    def test_an_account_with_tokens_can_be_deleted(self, operator, bob):
        tokens.create_token(bob, name="x", role=Role.SEARCHER)
        tokens.open_session(bob)
        operator.post(address(User, "delete", bob.pk), {"post": "yes"})
        assert not User.objects.filter(pk=bob.pk).exists()

    def test_a_token_is_revoked(self, operator, bob):
        token, _ = tokens.create_token(bob, name="x", role=Role.SEARCHER)
        assert "1 revoked." in act(operator, Token, "revoke", token).text
        assert Token.objects.usable().count() == 0
        assert token.digest not in operator.get(address(Token, "change", token.pk)).text


class TestQueue:
    def test_a_failed_task_runs_again(self, operator):
        task = Task.objects.create(
            id=uuid.uuid4().hex,
            name="x",
            func="registry.ingestion.ingest",
            args=(7,),
            started=now(),
            stopped=now(),
            success=False,
        )
        assert "1 queued again." in act(operator, Failure, "run_again", task).text
        assert OrmQ.objects.get().task["args"] == (7,)

    def test_a_schedule_can_be_brought_forward(self, operator):
        later = now() + timedelta(days=1)
        schedule = Schedule.objects.create(name="x", func="a.b", next_run=later)
        act(operator, Schedule, "run_now", schedule)
        schedule.refresh_from_db()
        assert schedule.next_run < later


def test_the_audit_names_who_did_it(operator, dora, alice):
    artifact = make_artifact("whisper")
    operator.post(address(Artifact, "change", artifact.pk), {"name": "Whisper", "owner": alice.pk})
    entry = LogEntry.objects.get_for_object(artifact).first()
    text = operator.get(address(LogEntry, "changelist")).text
    assert f'href="{address(Artifact, "change", artifact.pk)}"' in text
    text = operator.get(address(LogEntry, "change", entry.pk)).text
    assert f">{dora}</a>" in text


def test_chosen_audit_entries_are_taken_along(operator, dora, alice):
    artifact = make_artifact("=whisper", owner=alice)
    entry = LogEntry.objects.filter(object_pk=artifact.pk, object_repr="=whisper").first()
    answer = act(operator, LogEntry, "export", entry)
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode()
    assert "'=whisper" in text
    assert len(text.splitlines()) == 2
    assert LogEntry.objects.filter(additional_data__export__chosen__startswith="1 ").exists()


def test_a_rule_of_the_gate_is_checked_like_on_the_page(operator):
    rule = {"applies_to": "dataset", "metric": "bus_factor_of_cats", "minimum": "0.5"}
    assert operator.post(address(PolicyRule, "add"), rule).status_code == 200
    assert not PolicyRule.objects.filter(metric="bus_factor_of_cats").exists()


def test_a_rating_shows_its_answers(operator):
    rating = make_rating(make_artifact(rated=False).current)
    text = operator.get(address(Rating, "change", rating.pk)).text
    assert "2 people would have to leave" in text

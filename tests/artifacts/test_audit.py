"""The trail of an artifact: what is in it, who may read it, and that nobody can change it."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime

from accounts.audit import append_only
from accounts.audit.actors import acting_as, after_response
from accounts.audit.append_only import AuditEntryFinal
from accounts.middleware import AuditMiddleware
from accounts.services import delete_user
from artifacts import audit_actions, services
from artifacts.api.audit_trail import PAGE_SIZE
from artifacts.models import Artifact, State, Version
from ratings.services import rate_again
from tests.factories import make_artifact, make_rating

pytestmark = pytest.mark.django_db
URL = "https://huggingface.co/openai/whisper-tiny"


def trail_url(artifact: Artifact) -> str:
    return f"/api/artifact/{artifact.type}/{artifact.pk}/audit"


def actions(client, artifact: Artifact) -> list[tuple[str, str]]:
    """Oldest first: who, and what."""
    answer = client.get(trail_url(artifact))
    assert answer.status_code == 200, answer.content
    return [(entry["user"]["name"], entry["action"]) for entry in reversed(answer.json())]


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def sent(response: HttpResponse) -> None:
    """What closing a response does, but for closing the connection of the test."""
    for closer in response._resource_closers:
        closer()


class TestTrail:
    def test_a_life_leaves_its_entries(self, api, alice, bob, dora):
        made = api(alice).post("/api/artifact/model", {"url": URL})
        artifact = Artifact.objects.get(pk=made.json()["metadata"]["id"])
        with acting_as(alice):
            make_rating(artifact.newest)
            services.rename(artifact, name="ears")
        audit_actions.record(artifact, "DOWNLOAD", bob)
        with acting_as(alice):
            services.delete(artifact)
        artifact.pk = int(made.json()["metadata"]["id"])

        assert actions(api(dora), artifact) == [
            ("alice", "CREATE"),
            ("alice", "RATE"),
            ("alice", "UPDATE"),
            ("bob", "DOWNLOAD"),
            ("alice", "DELETE"),
        ]
        assert actions(api(dora), artifact)[-1] == ("dora", "AUDIT")

    def test_asking_the_source_again_is_a_change_by_whoever_asked(self, api, alice, dora):
        artifact = make_artifact(owner=alice, url=URL)
        services.refresh(artifact, by=alice)
        assert actions(api(dora), artifact)[-1] == ("alice", "UPDATE")

    def test_an_entry_has_the_shape_of_the_contract(self, api, alice, dora):
        artifact = make_artifact("ears", owner=alice)
        audit_actions.record(artifact, "DOWNLOAD", dora)
        entry = api(dora).get(trail_url(artifact)).json()[0]
        assert entry == {
            "user": {"name": "dora", "is_admin": True},
            "date": entry["date"],
            "artifact": {"name": "ears", "id": str(artifact.pk), "type": "model"},
            "action": "DOWNLOAD",
        }
        assert parse_datetime(entry["date"]).utcoffset().total_seconds() == 0

    def test_names_stay_as_they_were(self, api, alice, dora):
        artifact = make_artifact("ears", owner=alice)
        audit_actions.record(artifact, "DOWNLOAD", alice)
        services.rename(artifact, name="eyes")
        delete_user(alice)
        entry = api(dora).get(trail_url(artifact)).json()[1]
        assert entry["user"] == {"name": "alice", "is_admin": False}
        assert entry["artifact"]["name"] == "ears"

    def test_what_nobody_asked_for_is_by_the_registry(self, api, dora):
        artifact = make_artifact()
        rate_again(artifact.current)
        first = api(dora).get(trail_url(artifact)).json()[0]
        assert (first["user"], first["action"]) == (
            {"name": "the registry", "is_admin": False},
            "RATE",
        )

    def test_a_long_trail_comes_in_pages_without_gaps(self, api, alice, dora):
        artifact = make_artifact(owner=alice)
        for number in range(PAGE_SIZE + 5):
            audit_actions.record(artifact, "DOWNLOAD", alice, file=f"f{number}")
        whole = list(audit_actions.trail(artifact.pk).values_list("timestamp", flat=True))
        client = api(dora)
        first = client.get(trail_url(artifact))
        # entries that are written meanwhile shift nothing
        second = client.get(trail_url(artifact), headers={"offset": first["offset"]})
        assert "offset" not in second
        seen = [parse_datetime(entry["date"]) for entry in first.json() + second.json()]
        assert seen == whole
        by_query = client.get(trail_url(artifact), query_params={"offset": first["offset"]})
        assert by_query.json() == second.json()

    @pytest.mark.parametrize("offset", ["x", "00", "eyJ", "9" * 5000])
    def test_a_broken_offset_is_400(self, api, dora, offset):
        artifact = make_artifact()
        answer = api(dora).get(trail_url(artifact), headers={"offset": offset})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_page_key")

    def test_an_offset_is_good_for_its_own_trail_only(self, api, dora):
        one, two = make_artifact("one"), make_artifact("two")
        for _ in range(PAGE_SIZE + 1):
            audit_actions.record(one, "DOWNLOAD", dora)
        client = api(dora)
        offset = client.get(trail_url(one))["offset"]
        assert client.get(trail_url(two), headers={"offset": offset}).status_code == 400

    @pytest.mark.parametrize("person", [None, "charlie", "bob", "alice"])
    def test_only_admins_read_it(self, api, request, person):
        artifact = make_artifact()
        user = request.getfixturevalue(person) if person else None
        assert api(user).get(trail_url(artifact)).status_code == 403
        assert not LogEntry.objects.filter(additional_data__action="AUDIT").exists()

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("model/999", 404), ("model/a_b", 400), ("code/{id}", 404), ("banana/{id}", 400),
            ("model/0{id}", 404), ("model/99999999999999999999", 404),
        ],
    )  # fmt: skip
    def test_what_never_was_is_refused(self, api, dora, path, status):
        artifact = make_artifact()
        where = path.format(id=artifact.pk)
        assert api(dora).get(f"/api/artifact/{where}/audit").status_code == status
        artifact.delete()
        assert api(dora).get(f"/api/artifact/{where}/audit").status_code == status

    def test_it_costs_the_same_for_many(self, api, alice, dora):
        artifact = make_artifact(owner=alice)
        client = api(dora)
        client.get(trail_url(artifact))
        with CaptureQueriesContext(connection) as few:
            client.get(trail_url(artifact))
        for _ in range(50):
            audit_actions.record(artifact, "DOWNLOAD", alice)
        with CaptureQueriesContext(connection) as many:
            client.get(trail_url(artifact))
        # session (and on PostgreSQL its count), artifact, entries, the entry of this reading
        assert len(many) == len(few) <= 5


class TestWhatIsKept:
    def changes(self, model: type) -> list[dict]:
        entries = LogEntry.objects.get_for_model(model).filter(action=LogEntry.Action.UPDATE)
        return list(entries.order_by("pk").values_list("changes", flat=True))

    def test_a_version_tells_its_state_and_not_its_facts(self):
        artifact = make_artifact(state=State.PENDING)
        version = artifact.newest
        version.facts = {"readme": "x" * 100_000}
        version.notes = [{"text": "y"}]
        version.state, version.reason = State.FAILED, "The hub did not answer."
        version.save()
        assert self.changes(Version) == [
            {"state": ["PENDING", "FAILED"], "reason": ["", "The hub did not answer."]}
        ]

    def test_signs_of_life_and_scores_are_no_entries(self):
        artifact = make_artifact()
        before = LogEntry.objects.count()
        artifact.newest.save(update_fields=["heartbeat", "bytes_done"])
        artifact.net_score, artifact.size_bytes = 0.1, 7
        artifact.save(update_fields=["net_score", "size_bytes"])
        assert LogEntry.objects.count() == before

    def test_ids_are_never_used_again(self):
        last = make_artifact("last")
        pk = last.pk
        last.delete()
        assert make_artifact("next").pk > pk


class TestWritingBehind:
    """An issued link is written down when the caller has its answer."""

    def respond(self, rf, alice, work) -> HttpResponse:
        def view(request):
            request.user = alice
            work()
            return HttpResponse("here you are")

        request = rf.get("/", REMOTE_ADDR="192.0.2.7")
        return AuditMiddleware(view)(request)

    def test_the_answer_does_not_wait_for_it(self, rf, alice):
        artifact = make_artifact()
        before = LogEntry.objects.count()
        response = self.respond(
            rf,
            alice,
            lambda: after_response(lambda: audit_actions.record(artifact, "DOWNLOAD", alice)),
        )
        assert LogEntry.objects.count() == before
        sent(response)
        entry = LogEntry.objects.latest("pk")
        assert (entry.actor, entry.remote_addr) == (alice, "192.0.2.7")
        assert LogEntry.objects.count() == before + 1

    def test_one_that_fails_is_logged_and_stops_no_other(self, rf, alice, caplog):
        artifact = make_artifact()

        def work():
            after_response(lambda: 1 / 0)
            after_response(lambda: audit_actions.record(artifact, "DOWNLOAD", alice))

        sent(self.respond(rf, alice, work))
        assert LogEntry.objects.latest("pk").additional_data["action"] == "DOWNLOAD"
        assert "could not be written" in caplog.text

    def test_outside_of_a_request_nothing_waits(self, alice):
        artifact = make_artifact()
        after_response(lambda: audit_actions.record(artifact, "DOWNLOAD", alice))
        assert LogEntry.objects.latest("pk").additional_data["action"] == "DOWNLOAD"

    def test_a_presigned_link_is_written_down_by_whom_it_was_issued_to(self, api, bob, monkeypatch):
        artifact = make_artifact()
        monkeypatch.setattr(
            "artifacts.storage.file_store.FileArtifactStorage.link",
            lambda *args, **more: "https://s3/x",
        )
        answer = api(bob).get(f"/api/artifacts/model/{artifact.pk}")
        assert answer.json()["data"]["download_url"] == "https://s3/x"
        entry = LogEntry.objects.get(additional_data__action="DOWNLOAD")
        assert (entry.actor, entry.additional_data["link"]) == (bob, "issued")


class TestFinality:
    @pytest.fixture
    def entry(self, alice) -> LogEntry:
        return audit_actions.record(make_artifact(owner=alice), "DOWNLOAD", alice)

    @pytest.mark.parametrize(
        "attempt",
        [
            pytest.param(lambda entry: entry.save(), id="save"),
            pytest.param(lambda entry: entry.delete(), id="delete"),
            pytest.param(lambda entry: LogEntry.objects.update(object_repr="x"), id="update all"),
            pytest.param(lambda entry: LogEntry.objects.all().delete(), id="delete all"),
            pytest.param(
                lambda entry: LogEntry.objects.bulk_update([entry], ["object_repr"]), id="bulk"
            ),
            pytest.param(lambda entry: entry.content_type.delete(), id="along with its type"),
        ],
    )
    def test_the_model_refuses(self, entry, attempt):
        before = LogEntry.objects.count()
        with pytest.raises(AuditEntryFinal), transaction.atomic():
            attempt(entry)
        assert LogEntry.objects.count() == before
        assert LogEntry.objects.get(pk=entry.pk).object_repr == "small-model"

    @pytest.mark.parametrize(
        "sql",
        [
            "DELETE FROM auditlog_logentry",
            "UPDATE auditlog_logentry SET object_repr = 'x'",
            "UPDATE auditlog_logentry SET actor_id = NULL, remote_addr = NULL, action = 1",
            "UPDATE auditlog_logentry SET id = id + 1000",
            "UPDATE auditlog_logentry SET actor_id = {dora}",
        ],
    )
    def test_the_database_refuses_what_goes_past_the_model(self, entry, dora, sql):
        before = list(LogEntry.objects.values())
        with pytest.raises(DatabaseError, match="audit entries are final"):
            execute(sql.format(dora=dora.pk))
        assert list(LogEntry.objects.values()) == before

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
    @pytest.mark.django_db(transaction=True)
    def test_nor_can_the_table_be_emptied(self, entry):
        with pytest.raises(DatabaseError, match="audit entries are final"):
            execute("TRUNCATE auditlog_logentry")

    def test_no_command_empties_it(self, entry):
        with pytest.raises(AuditEntryFinal), transaction.atomic():
            call_command("auditlogflush", yes=True)
        assert LogEntry.objects.filter(pk=entry.pk).exists()

    def test_triggers_that_a_migration_dropped_are_back_after_it(self, entry):
        append_only.unprotect(connection)
        append_only.after_migrate(sender=None, using="default")
        with pytest.raises(DatabaseError, match="audit entries are final"):
            execute("DELETE FROM auditlog_logentry")

    def test_a_deleted_account_is_forgotten_and_nothing_else(self, entry, alice):
        before = LogEntry.objects.filter(pk=entry.pk).values().get()
        delete_user(alice)
        after = LogEntry.objects.filter(pk=entry.pk).values().get()
        assert after == before | {"actor_id": None}
        assert after["additional_data"]["actor"] == "alice"

    def test_the_admin_pages_only_show_them(self, client, entry, dora):
        client.force_login(dora)
        page = f"/admin/auditlog/logentry/{entry.pk}/"
        assert client.get(f"{page}change/").status_code == 200
        assert client.post(f"{page}change/", {"object_repr": "x"}).status_code == 403
        assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
        body = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
        client.post("/admin/auditlog/logentry/", body)
        assert LogEntry.objects.get(pk=entry.pk).object_repr == "small-model"

    def test_no_entry_goes_when_its_artifact_goes(self, entry):
        kept = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Artifact))
        before = set(kept.values_list("pk", flat=True))
        Artifact.objects.all().delete()
        assert before < set(kept.values_list("pk", flat=True))

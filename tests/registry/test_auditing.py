"""Searching the whole audit, and taking it along without surprises."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import change_role, delete_user
from artifacts import audit_actions, services
from artifacts.models import Artifact
from registry.operations import audit_pages
from tests.factories import make_artifact

pytestmark = pytest.mark.django_db
URL = "/audit/"
EXPORT = "/audit/export/"


@pytest.fixture
def admin(client, dora):
    client.force_login(dora)
    return client


@pytest.fixture
def history(alice, bob) -> Artifact:
    """Alice downloads and renames ears, bob downloads it, and eyes was never touched."""
    ears = make_artifact("ears", owner=alice)
    make_artifact("eyes", url="https://huggingface.co/a/eyes")
    audit_actions.record(ears, "DOWNLOAD", alice, file="ears.zip")
    audit_actions.record(ears, "DOWNLOAD", bob, file="ears.zip")
    audit_actions.record(ears, "UPDATE", alice)
    return ears


def rows(text: str) -> int:
    return text[text.index("<tbody>") :].count("<tr>")


def exported(client, **wanted) -> list[dict[str, str]]:
    response = client.get(EXPORT, wanted)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


class TestSearch:
    @pytest.mark.parametrize("page", [URL, EXPORT])
    @pytest.mark.parametrize("person", [None, "charlie", "bob", "alice"])
    def test_only_admins_may(self, client, request, page, person):
        if person:
            client.force_login(request.getfixturevalue(person))
        assert client.get(page).status_code == (403 if person else 302)

    def test_an_entry_about_a_version_leads_to_its_artifact(self, admin, history):
        text = admin.get(URL).text
        link = f'<a href="{history.get_absolute_url()}">ears</a>'
        assert re.search(rf"Version</span> 1 of {re.escape(link)}", text)

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({"person": "alice", "action": "DOWNLOAD"}, 1),
            ({"person": "ALICE", "action": "DOWNLOAD"}, 1),
            ({"person": "bob"}, 1),
            ({"person": "nobody-here"}, 0),
            ({"person": "the registry", "artifact": "ears", "action": "CREATE"}, 1),
            ({"action": "DOWNLOAD"}, 2),
            ({"action": "UPDATE", "artifact": "ears"}, 1),
            ({"artifact": "ear"}, 5),
            ({"artifact": "EYE", "action": "CREATE"}, 1),
            ({"action": "RESET"}, 0),
            ({"action": "DELETE"}, 0),
        ],
    )
    def test_it_finds_what_fits(self, admin, history, wanted, found):
        assert len(exported(admin, **wanted)) == found
        text = admin.get(URL, wanted).text
        assert rows(text) == max(found, 1)
        assert ("No results." in text) == (found == 0)

    def test_an_artifact_is_found_by_its_id_also_when_it_is_gone(self, admin, history):
        pk = str(history.pk)
        assert len(exported(admin, artifact=pk)) == 5
        assert f'href="{history.get_absolute_url()}"' in admin.get(URL, {"artifact": pk}).text
        address = history.get_absolute_url()
        services.delete(history)
        assert len(exported(admin, artifact=pk)) == 6
        assert address not in admin.get(URL, {"artifact": pk}).text

    def test_a_person_is_found_by_name_also_when_the_account_is_gone(self, admin, history, alice):
        delete_user(alice)
        assert len(exported(admin, person="alice", action="DOWNLOAD")) == 1

    def test_days_are_whole_and_in_utc(self, admin, history):
        today = datetime.now(UTC).date()
        assert len(exported(admin, artifact="ears", since=today, until=today)) == 5
        assert exported(admin, artifact="ears", until=today - timedelta(days=1)) == []
        assert exported(admin, artifact="ears", since=today + timedelta(days=1)) == []

    @pytest.mark.parametrize(
        "wanted",
        [
            {"since": "yesterday"},
            {"since": "2026-02-02", "until": "2026-01-01"},
            {"action": "DESTROY"},
            {"person": "x" * 151},
            {"artifact": "a\0b"},
        ],
    )
    @pytest.mark.parametrize("page", [URL, EXPORT])
    def test_what_makes_no_sense_is_said_beside_the_field(self, admin, page, wanted):
        response = admin.get(page, wanted)
        assert response.status_code in {400, 422}
        if response.status_code == 422:
            assert 'class="errorlist' in response.text

    def test_pages_go_on_where_the_last_one_ended(self, admin, history, bob):
        for number in range(audit_pages.PER_PAGE + 10):
            audit_actions.record(history, "DOWNLOAD", bob, file=f"file-{number}.zip")
        first = admin.get(URL, {"action": "DOWNLOAD"})
        audit_actions.record(history, "DOWNLOAD", bob, file="meanwhile.zip")
        after = first.context["after"]
        second = admin.get(URL, {"action": "DOWNLOAD", "after": after})
        assert (rows(first.text), rows(second.text)) == (audit_pages.PER_PAGE, 12)
        assert "meanwhile" not in second.text
        assert second.context["after"] == ""
        assert "Newest" in second.text

    def test_a_made_up_page_is_400(self, admin):
        assert admin.get(URL, {"after": "x"}).status_code == 400

    def test_it_costs_the_same_for_many(self, admin, history, bob):
        def cost(page: str) -> int:
            with CaptureQueriesContext(connection) as queries:
                response = admin.get(page)
                if response.streaming:
                    b"".join(response.streaming_content)
            return len(queries)

        cost(URL), cost(EXPORT)  # the kinds of rows are known from here on
        before = cost(URL), cost(EXPORT)
        for number in range(50):
            other = make_artifact(f"other-{number}", owner=bob)
            audit_actions.record(other, "DOWNLOAD", bob)
        change_role(bob, role="uploader")
        assert (cost(URL), cost(EXPORT)) == before
        assert before[0] <= 5  # session, account, entries, which artifacts are still here


class TestExport:
    def test_a_row_says_everything(self, admin, history, alice):
        row = exported(admin, person="alice", action="DOWNLOAD")[0]
        entry = LogEntry.objects.get(pk=row["entry"])
        assert row == {
            "time": entry.timestamp.isoformat(),
            "person": "alice",
            "was_admin": "no",
            "action": "DOWNLOAD",
            "kind": "Artifact",
            "id": str(history.pk),
            "name": "ears",
            "type": "model",
            "changes": "",
            "address": "",
            "agent": "",
            "credential": "",
            "entry": str(entry.pk),
        }
        assert row["time"].endswith("+00:00")

    @pytest.mark.parametrize(
        "name",
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", '=HYPERLINK("http://x")'],
    )
    def test_no_cell_is_a_formula(self, admin, name):
        artifact = make_artifact("plain")
        artifact.name = name
        audit_actions.record(artifact, "DOWNLOAD")
        row = exported(admin, action="DOWNLOAD")[0]
        assert row["name"] == f"'{name}"

    def test_ordinary_names_stay_as_they_are(self, admin):
        artifact = make_artifact('a "quoted", name with\nlines = and é')
        audit_actions.record(artifact, "DOWNLOAD")
        assert exported(admin, action="DOWNLOAD")[0]["name"] == artifact.name

    def test_taking_it_along_is_an_entry(self, admin, dora):
        exported(admin, person="dora")
        entry = LogEntry.objects.get(additional_data__action="AUDIT")
        assert entry.actor == dora
        assert entry.additional_data["export"] == {"person": "dora"}

    def test_it_is_a_file_and_comes_row_by_row(self, admin, history):
        response = admin.get(EXPORT)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"].startswith('attachment; filename="audit-')
        chunks = list(response.streaming_content)
        assert len(chunks) == 1 + LogEntry.objects.count()
        assert next(iter(chunks)).startswith(b"time,person,")

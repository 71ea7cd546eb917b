"""The page on which admins give roles."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import tokens
from accounts.models import Role, User
from tests.factories import make_artifact


@pytest.fixture
def admin(client, dora):
    client.force_login(dora)
    return client


def rows(text: str) -> list[str]:
    return [part.partition("<")[0] for part in text.split('<th scope="row">')[1:]]


def test_everybody_is_listed_with_what_they_have(admin, alice, bob):
    make_artifact(owner=alice)
    tokens.create_token(alice, name="gate")
    text = admin.get("/users/").text
    assert rows(text) == ["alice", "bob", "dora"]
    assert "/artifacts/?owner=alice" in text


def test_it_costs_the_same_for_five_or_fifty(admin):
    for number in range(3):
        User.objects.create_user(f"early{number}")
    with CaptureQueriesContext(connection) as few:
        admin.get("/users/")
    for number in range(45):
        make_artifact(f"m{number}", owner=User.objects.create_user(f"late{number}"))
    with CaptureQueriesContext(connection) as many:
        assert len(rows(admin.get("/users/").text)) == 49
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LIC", ["alice"]),
        ("role=admin", ["dora"]),
        ("state=disabled", ["bob"]),
        ("state=active&role=downloader", []),
        ("role=king", ["alice", "bob", "dora"]),
        ("page=x", ["alice", "bob", "dora"]),
    ],
)
def test_the_list_narrows(admin, alice, bob, query, found):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert rows(admin.get(f"/users/?{query}").text) == found


def test_a_role_is_given_and_the_list_stays_as_it_was(admin, bob, dora):
    response = admin.post(f"/users/{bob.pk}/", {"role": "uploader", "next": "/users/?q=bo"})
    assert response["Location"] == "/users/?q=bo"
    assert "bob has the role uploader now." in admin.get("/users/").text
    bob.refresh_from_db()
    assert bob.role == Role.UPLOADER
    entry = LogEntry.objects.get_for_object(bob).filter(changes__has_key="role").first()
    assert entry.additional_data["actor"] == "dora"


def test_an_account_is_disabled_and_enabled_again(admin, client, bob):
    admin.post(f"/users/{bob.pk}/", {"service": "disable"})
    bob.refresh_from_db()
    assert (bob.is_active, bob.role) == (False, Role.DOWNLOADER)
    admin.post(f"/users/{bob.pk}/", {"service": "enable"})
    bob.refresh_from_db()
    assert bob.is_active


@pytest.mark.parametrize("change", [{"role": "searcher"}, {"service": "disable"}])
def test_the_last_admin_stays(admin, dora, change):
    text = admin.post(f"/users/{dora.pk}/", change, follow=True).text
    assert "dora is the last admin; make somebody else an admin first." in text
    dora.refresh_from_db()
    assert dora.is_admin


def test_nonsense_is_refused_in_words(admin, bob):
    text = admin.post(f"/users/{bob.pk}/", {"role": "king"}, follow=True).text
    assert "There is no such role." in text
    assert admin.post("/users/99999/", {"role": "admin"}).status_code == 404
    elsewhere = {"role": "uploader", "next": "https://evil.example/"}
    assert admin.post(f"/users/{bob.pk}/", elsewhere)["Location"] == "/users/"


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_others_may_not(client, request, dora, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get("/users/").status_code == 403
    assert client.post(f"/users/{dora.pk}/", {"role": "searcher"}).status_code == 403

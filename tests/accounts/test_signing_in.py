"""Registering and signing in, as the contract has it."""

from __future__ import annotations

import pytest

from accounts.models import Role, Session, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, name: str, password: str = PASSWORD, **more):
    body = {"user": {"name": name, **more}, "secret": {"password": password}}
    return client.put("/api/authenticate", body, format="json")


class TestRegister:
    @pytest.mark.parametrize("path", ["/api/register", "/api/auth/register"])
    def test_it_answers_the_id_and_the_name(self, api, path):
        body = {"username": "erin", "password": PASSWORD}
        response = api(None).post(path, body)
        erin = User.objects.get(username="erin")
        assert response.status_code == 201
        assert response.json() == {"id": erin.pk, "username": "erin"}
        assert erin.role == Role.SEARCHER

    @pytest.mark.parametrize("name", ["alice", "ALICE", "\uff41lice"])
    def test_a_taken_name_is_409_however_it_is_written(self, api, alice, name):
        response = api(None).post("/api/register", {"username": name, "password": PASSWORD})
        assert response.status_code == 409
        assert response.json()["code"] == "username_taken"

    def test_no_field_but_the_two_is_taken(self, api):
        more = {"role": "admin", "is_admin": True, "is_active": False, "id": 999, "scope": "admin"}
        body = {"username": "erin", "password": PASSWORD, **more}
        assert api(None).post("/api/register", body).status_code == 201
        erin = User.objects.get(username="erin")
        assert (erin.role, erin.is_active) == (Role.SEARCHER, True)
        assert erin.pk != 999

    @pytest.mark.parametrize(
        "password",
        [
            pytest.param("short1!", id="seven characters"),
            pytest.param("no-digits-here!", id="no digit"),
            pytest.param("nospecials11", id="no special character"),
            pytest.param("only spaces 11", id="a space is not special"),
            pytest.param("p@ssw0rd", id="on the list of common ones"),
            pytest.param("1!" + "x" * 299, id="300 characters"),
            pytest.param("1!aaaaaaa\0", id="NUL"),
            pytest.param("", id="empty"),
            pytest.param(5, id="a number"),
            pytest.param(None, id="null"),
            pytest.param(["correct-horse-1!"], id="a list"),
            pytest.param({"a": 1}, id="an object"),
        ],
    )
    def test_a_bad_password_is_400(self, api, password):
        response = api(None).post("/api/register", {"username": "erin", "password": password})
        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert not User.objects.exists()

    def test_256_characters_are_accepted(self, api):
        password = "1!" + "é" * 254
        assert (
            api(None).post("/api/register", {"username": "e", "password": password}).status_code
            == 201
        )
        assert sign_in(api(None), "e", password).status_code == 200

    @pytest.mark.parametrize(
        "username",
        [
            5,
            None,
            True,
            "",
            " ",
            "a b",
            " erin",
            "a\0b",
            "a" * 151,
            ["a"],
            {"a": 1},
            "a/b",
            "<b>",
            "x\n",
        ],
    )
    def test_a_bad_name_is_400(self, api, username):
        response = api(None).post("/api/register", {"username": username, "password": PASSWORD})
        assert response.status_code == 400
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"5",
            b"null",
            b'"x"',
            b"{",
            b'{"username": "\\ud800", "password": "x"}',
            b"\xff",
        ],
    )
    def test_a_body_of_another_shape_is_400(self, api, body):
        response = api(None).post("/api/register", body, content_type="application/json")
        assert response.status_code == 400

    def test_another_content_type_is_415(self, api):
        response = api(None).post("/api/register", "username=a", content_type="text/plain")
        assert response.status_code == 415


class TestAuthenticate:
    @pytest.mark.parametrize("path", ["/api/authenticate", "/api/auth/authenticate"])
    def test_it_answers_a_json_string_that_works_as_the_header(self, api, alice, path):
        body = {"user": {"name": "alice", "is_admin": False}, "secret": {"password": PASSWORD}}
        response = api(None).put(path, body)
        assert response.status_code == 200
        header = response.json()
        assert header.startswith("bearer ")
        me = api(None).get("/api/me", headers={"X-Authorization": header})
        assert me.json()["username"] == "alice"

    def test_is_admin_may_be_left_out(self, api, alice):
        assert sign_in(api(None), "alice").status_code == 200

    def test_an_admin_need_not_claim_it(self, api, dora):
        assert sign_in(api(None), "dora", is_admin=False).status_code == 200
        assert sign_in(api(None), "dora", is_admin=True).status_code == 200

    def test_claiming_to_be_an_admin_grants_nothing(self, api, alice):
        response = sign_in(api(None), "alice", is_admin=True)
        assert response.status_code == 401
        assert response.json()["code"] == "wrong_credentials"

    @pytest.mark.parametrize(
        ("name", "password"),
        [("alice", "wrong"), ("nobody", PASSWORD), ("Alice", PASSWORD), ("alice", "x" * 300)],
    )
    def test_wrong_is_401_whatever_is_wrong(self, api, alice, name, password):
        response = sign_in(api(None), name, password)
        assert response.status_code == 401
        assert response.json()["code"] == "wrong_credentials"
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert not Session.objects.exists()

    def test_a_disabled_account_answers_like_a_wrong_password(self, api, alice):
        alice.is_active = False
        alice.save()
        assert sign_in(api(None), "alice").json() == sign_in(api(None), "alice", "wrong").json()

    def test_an_unknown_name_costs_one_hash_like_a_known_one(self, api, alice, monkeypatch):
        from django.contrib.auth.hashers import MD5PasswordHasher

        work = []
        original = MD5PasswordHasher.encode
        monkeypatch.setattr(
            MD5PasswordHasher, "encode", lambda self, *a: work.append(1) or original(self, *a)
        )
        sign_in(api(None), "alice", "wrong")
        known = len(work)
        sign_in(api(None), "nobody", "wrong")
        assert (known, len(work)) == (1, 2)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"user": {"name": "alice"}},
            {"user": "alice", "secret": PASSWORD},
            {"user": {"name": 5}, "secret": {"password": PASSWORD}},
            {"user": {"name": "alice"}, "secret": {"password": 5}},
            {"user": {"name": "alice", "is_admin": "yes"}, "secret": {"password": PASSWORD}},
            {"user": {"name": "alice", "is_admin": None}, "secret": {"password": PASSWORD}},
            {"user": {"name": "a\0"}, "secret": {"password": PASSWORD}},
            {"user": [], "secret": []},
            [],
        ],
    )
    def test_another_shape_is_400(self, api, alice, body):
        assert api(None).put("/api/authenticate", body).status_code == 400

    def test_a_stale_token_in_the_header_is_no_obstacle(self, api, alice):
        client = api(None)
        client.credentials(HTTP_X_AUTHORIZATION="bearer stale.stale.stale")
        assert sign_in(client, "alice").status_code == 200

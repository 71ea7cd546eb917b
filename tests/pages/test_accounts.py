"""Signing in and out by page, and one's own account: password, tokens, sessions."""

from __future__ import annotations

import pytest

from accounts import tokens
from accounts.models import Token, User
from tests.conftest import PASSWORD


def sign_in(client, name="alice", password=PASSWORD, **more):
    return client.post("/login/", {"username": name, "password": password, **more})


class TestSigningIn:
    def test_it_leads_to_the_page_that_was_asked_for(self, client, alice):
        assert client.get("/policy/")["Location"] == "/login/?next=/policy/"
        assert sign_in(client, next="/policy/")["Location"] == "/policy/"
        assert client.get("/policy/").status_code == 200

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"]
    )
    def test_it_never_leads_elsewhere(self, client, alice, elsewhere):
        assert sign_in(client, next=elsewhere)["Location"] == "/artifacts/"

    @pytest.mark.parametrize(("name", "password"), [("alice", "not-hers-1!"), ("nobody", PASSWORD)])
    def test_wrong_name_and_wrong_password_are_told_alike(self, client, alice, name, password):
        response = sign_in(client, name, password)
        assert response.status_code == 422
        assert "notice--error" in response.text
        assert password not in response.text

    def test_a_disabled_account_stays_outside(self, client, alice):
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert sign_in(client).status_code == 422

    def test_signing_out_ends_it(self, client, alice):
        sign_in(client)
        assert client.get("/logout/").status_code == 405
        client.post("/logout/")
        assert client.get("/artifacts/").status_code == 302


class TestSigningUp:
    def test_a_new_account_may_search(self, client, db):
        client.post("/sign-up/", {"username": "eve", "password": PASSWORD})
        assert User.objects.get().role == "searcher"
        assert client.get("/artifacts/").status_code == 200

    @pytest.mark.parametrize(
        ("name", "password"), [("alice", PASSWORD), ("eve", "short1!"), ("a b", PASSWORD)]
    )
    def test_what_cannot_be_is_explained_beside_the_field(self, client, alice, name, password):
        response = client.post("/sign-up/", {"username": name, "password": password})
        assert response.status_code == 422
        assert "errorlist" in response.text
        assert User.objects.count() == 1

    def test_a_refused_password_is_tied_to_its_reason_and_the_rules(self, client, db):
        text = client.post("/sign-up/", {"username": "eve", "password": "short1!"}).text
        assert 'aria-describedby="id_password_helptext id_password_error"' in text
        for part in ("helptext", "error"):
            assert f'id="id_password_{part}"' in text


class TestMe:
    def test_a_token_is_shown_once(self, client, alice):
        client.force_login(alice)
        made = client.post("/me/tokens/", {"name": "gate", "role": "searcher", "days": "30"})
        token = Token.objects.get()
        assert made.status_code == 200
        assert token.prefix in made.text
        assert "shown once" in made.text
        assert "shown once" not in client.get("/me/").text

    def test_a_token_may_not_do_more_than_its_owner(self, client, bob):
        client.force_login(bob)
        made = client.post("/me/tokens/", {"name": "gate", "role": "admin", "days": "30"})
        assert made.status_code == 422
        assert not Token.objects.exists()

    def test_a_token_is_revoked_by_its_owner_only(self, client, alice, bob):
        token, _ = tokens.create_token(alice, name="gate")
        client.force_login(bob)
        assert client.post(f"/me/tokens/{token.pk}/revoke/").status_code == 404
        client.force_login(alice)
        client.post(f"/me/tokens/{token.pk}/revoke/")
        token.refresh_from_db()
        assert not token.is_usable

    def test_a_new_password_keeps_this_browser_and_ends_the_others(self, client, alice):
        other = type(client)()
        for each in (client, other):
            sign_in(each)
        new = "another-horse-2!"
        assert client.post("/me/password/", {"old": "x", "password": new}).status_code == 422
        assert client.post("/me/password/", {"old": PASSWORD, "password": "x"}).status_code == 422
        client.post("/me/password/", {"old": PASSWORD, "password": new})
        assert client.get("/me/").status_code == 200
        assert other.get("/me/").status_code == 302
        alice.refresh_from_db()
        assert alice.check_password(new)

    def test_calls_that_are_left_are_shown(self, client, alice):
        tokens.open_session(alice)
        client.force_login(alice)
        assert "1,000 calls left" in client.get("/me/").text

"""Admins and accounts, what is remembered of it, and what must never be."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from auditlog.models import LogEntry
from rest_framework.test import APIRequestFactory

from accounts import permissions, services, tokens
from accounts.audit.actors import acting_as
from accounts.models import Role, Token, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


class TestUsers:
    def test_only_admins_may(self, api, alice, dora):
        for client in (api(None), api(alice)):
            assert client.get("/api/users").status_code == 403
            assert client.get(f"/api/users/{dora.pk}").status_code == 403
            assert client.patch(f"/api/users/{alice.pk}", {"role": "admin"}).status_code == 403
            assert client.delete(f"/api/users/{dora.pk}").status_code == 403
        alice.refresh_from_db()
        assert alice.role == Role.UPLOADER

    def test_the_list_is_paged_and_costs_the_same_for_many(
        self, api, dora, django_assert_num_queries
    ):
        for n in range(9):
            User.objects.create_user(f"u{n}")
        client = api(dora)
        page = client.get("/api/users?limit=4").json()
        assert len(page["results"]) == 4
        assert page["next"]
        assert "password" not in page["results"][0]

    def test_a_role_is_changed_and_nothing_else(self, api, alice, dora):
        more = {
            "username": "mallory",
            "password": "x",
            "id": 9,
            "is_superuser": True,
            "scope": "admin",
        }
        refused = api(dora).patch(f"/api/users/{alice.pk}", {"role": "downloader", **more})
        assert refused.status_code == 400
        assert {error["attr"] for error in refused.json()["errors"]} == set(more)
        answer = api(dora).patch(f"/api/users/{alice.pk}", {"role": "downloader"})
        assert answer.status_code == 200
        before = alice.password
        alice.refresh_from_db()
        assert (alice.username, alice.role, alice.password) == ("alice", "downloader", before)

    @pytest.mark.parametrize(
        "body",
        [
            {"role": "root"},
            {"role": 5},
            {"role": ["admin"]},
            {"is_active": "no"},
            {"is_active": 0},
            [],
        ],
    )
    def test_a_wrong_value_is_400(self, api, alice, dora, body):
        assert api(dora).patch(f"/api/users/{alice.pk}", body).status_code == 400

    @pytest.mark.parametrize("wrong", ["0", "99999", "abc", "-1", "9" * 40, "01"])
    def test_an_unknown_id_is_404(self, api, dora, wrong):
        assert api(dora).get(f"/api/users/{wrong}").status_code == 404

    def test_what_is_no_id_is_400(self, api, dora):
        assert api(dora).get("/api/users/a_b").status_code == 400

    def test_the_last_admin_stays(self, api, dora):
        client = api(dora)
        url = f"/api/users/{dora.pk}"
        answers = [
            client.patch(url, {"role": "searcher"}),
            client.patch(url, {"is_active": False}),
            client.delete(url),
        ]
        assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "last_admin")] * 3

    def test_a_deleted_account_takes_its_tokens_along_and_leaves_its_artifacts(
        self, api, alice, dora
    ):
        from artifacts.models import Artifact

        made = Artifact.objects.create(
            type="model", name="m", source_url="https://hf.co/a/m", source_key="a/m", owner=alice
        )
        tokens.create_token(alice, name="t")
        assert api(dora).delete(f"/api/users/{alice.pk}").status_code == 204
        made.refresh_from_db()
        assert made.owner is None
        assert not Token.objects.exists()


class TestRules:
    def test_roles_are_a_ladder(self, alice, bob, charlie, dora):
        rules = [
            permissions.IsSearcher,
            permissions.IsDownloader,
            permissions.IsUploader,
            permissions.IsAdmin,
        ]
        for reach, user in enumerate((charlie, bob, alice, dora)):
            request = APIRequestFactory().get("/")
            request.user = user
            allowed = []
            for rule in rules:
                try:
                    allowed.append(rule().has_permission(request, None))
                except permissions.RoleTooLow:
                    allowed.append(False)
            assert allowed == [True] * (reach + 1) + [False] * (3 - reach)

    def test_an_owner_may_change_it_while_still_an_uploader(self, alice, bob, dora):
        row = SimpleNamespace(owner_id=alice.pk)
        asked = permissions.is_owner_or_admin
        assert [asked(alice, row), asked(bob, row), asked(dora, row)] == [True, False, True]
        alice.scope = Role.SEARCHER
        assert not asked(alice, row)
        assert not asked(dora, SimpleNamespace(owner_id=None)) or dora.is_admin
        assert not asked(bob, SimpleNamespace(owner_id=None))


class TestAudit:
    def test_an_entry_names_the_caller_of_the_token(self, api, alice, dora):
        client = api(dora)
        client.patch(
            f"/api/users/{alice.pk}",
            {"role": "searcher"},
            REMOTE_ADDR="192.0.2.1",
            HTTP_X_FORWARDED_FOR="6.6.6.6",
            HTTP_X_FORWARDED_PORT="99999999999999",
            HTTP_X_CORRELATION_ID="x" * 999,
            HTTP_USER_AGENT="tests/1\x07" + "y" * 999,
        )
        entry = LogEntry.objects.filter(action=LogEntry.Action.UPDATE).get()
        assert entry.actor == dora
        assert entry.changes == {"role": ["uploader", "searcher"]}
        assert entry.remote_addr == "192.0.2.1"
        note = entry.additional_data
        assert (note["actor"], note["actor_is_admin"]) == ("dora", True)
        assert note["agent"].startswith("tests/1y")
        assert len(note["agent"]) < 201
        assert note["credential"].startswith("session ")

    def test_the_name_outlives_the_account(self, api, alice, dora):
        services.register(username="zoe", password=PASSWORD, role=Role.ADMIN)
        api(dora).patch(f"/api/users/{alice.pk}", {"role": "searcher"})
        services.delete_user(dora)
        entry = LogEntry.objects.filter(action=LogEntry.Action.UPDATE).get()
        assert entry.actor is None
        assert entry.additional_data["actor"] == "dora"

    def test_nobody_is_named_after_the_request(self, api, alice, dora):
        api(dora).patch(f"/api/users/{alice.pk}", {"role": "searcher"})
        services.change_role(alice, role="uploader")
        assert LogEntry.objects.latest("pk").actor is None
        with acting_as(dora):
            services.change_role(alice, role="searcher")
        assert LogEntry.objects.latest("pk").actor == dora

    def test_making_using_and_revoking_a_token(self, api, alice):
        client = api(alice)
        made = client.post("/api/tokens", {"name": "gate"}).json()
        client.get("/api/me", HTTP_X_AUTHORIZATION=f"bearer {made['token']}")
        client.delete(f"/api/tokens/{made['id']}")
        entries = LogEntry.objects.get_for_model(Token).order_by("pk")
        assert [entry.action for entry in entries] == [0, 1]  # its use is no entry

    def test_no_secret_is_remembered_or_logged(self, api, client, alice, caplog):
        caplog.set_level(logging.DEBUG)
        secrets = ["canary-Pass-1!", "canary-New-22!", "canary-wrong-3!"]
        api(None).post("/api/register", {"username": "eve", "password": secrets[0]})
        for password in secrets[::2]:
            body = {"user": {"name": "eve"}, "secret": {"password": password}}
            answer = api(None).put("/api/authenticate", body)
            if answer.status_code == 200:
                session = answer.json().split()[1]
        browser = api(None)
        browser.credentials(HTTP_X_AUTHORIZATION=f"bearer {session}")
        long_lived = browser.post("/api/tokens", {"name": "t"}).json()["token"]
        api(None).get("/api/me", HTTP_X_AUTHORIZATION=f"bearer {long_lived}x")
        services.change_password(User.objects.get(username="eve"), password=secrets[1])
        kept = (
            caplog.text + str(list(LogEntry.objects.values())) + str(list(Token.objects.values()))
        )
        for secret in [*secrets, session, long_lived]:
            assert secret not in kept
        assert User.objects.get(username="eve").password not in str(list(LogEntry.objects.values()))


class TestPages:
    def test_signing_in_leads_to_where_one_wanted_to_go_but_not_away(self, client, alice):
        body = {"username": "alice", "password": PASSWORD}
        assert client.post("/login/", body | {"next": "/me/"})["Location"] == "/me/"
        for evil in (
            "https://evil.example/",
            "//evil.example",
            "javascript:alert(1)",
            "/\\evil.example",
        ):
            client.logout()
            assert "evil" not in client.post("/login/", body | {"next": evil})["Location"]

    def test_a_stranger_is_sent_to_sign_in_and_back(self, client):
        assert client.get("/me/")["Location"] == "/login/?next=/me/"
        htmx = client.get(
            "/me/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/x"}
        )
        assert htmx["HX-Redirect"] == "/login/?next=/x"

    def test_a_token_is_shown_once(self, client, alice):
        client.force_login(alice)
        made = client.post("/me/tokens/", {"name": "ci", "role": "searcher", "days": 7})
        prefix = Token.objects.get().prefix
        assert made.text.count(prefix) > client.get("/me/").text.count(prefix)
        revoke = f"/me/tokens/{Token.objects.get().pk}/revoke/"
        assert client.post(revoke).status_code == 302
        assert Token.objects.get().revoked

    def test_mistakes_are_422_on_the_form(self, client, alice):
        client.force_login(alice)
        assert (
            client.post("/me/tokens/", {"name": "", "role": "admin", "days": 0}).status_code == 422
        )
        body = {"old": "wrong", "password": "another-1-word!"}
        assert client.post("/me/password/", body).status_code == 422
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)

    def test_a_new_password_ends_programs_and_keeps_this_browser(self, api, client, alice):
        program = api(alice)
        client.force_login(alice)
        body = {"old": PASSWORD, "password": "another-1-word!"}
        assert client.post("/me/password/", body).status_code == 302
        assert client.get("/me/").status_code == 200
        assert program.get("/api/me").json()["code"] == "token_revoked"

    def test_the_admin_pages_have_no_sign_in_of_their_own(self, client, alice, dora):
        assert client.get("/admin/login/?next=/admin/")["Location"] == "/login/?next=/admin/"
        client.force_login(alice)
        assert client.get("/admin/login/").status_code == 403

    def test_admins_see_accounts_in_a_fixed_number_of_queries(self, client, dora, alice):
        client.force_login(dora)
        for path in ("user", "token", "session"):
            assert client.get(f"/admin/accounts/{path}/").status_code == 200
        edited = client.post(f"/admin/accounts/user/{alice.pk}/change/", {"role": "searcher"})
        assert edited.status_code == 302
        alice.refresh_from_db()
        assert (alice.role, alice.is_active) == ("searcher", False)

    def test_an_action_of_the_admin_spares_the_last_admin(self, client, dora):
        client.force_login(dora)
        body = {"action": "disable", "_selected_action": [dora.pk]}
        assert "last admin" in client.post("/admin/accounts/user/", body, follow=True).text
        dora.refresh_from_db()
        assert dora.is_active

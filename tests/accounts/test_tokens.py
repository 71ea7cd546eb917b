"""What opens the door: session tokens and long-lived ones, and everything that must not."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils.timezone import now

from accounts import services, tokens
from accounts.models import Role, Session, Token, User

pytestmark = pytest.mark.django_db


def me(client, header: str | None = None, *, name: str = "HTTP_X_AUTHORIZATION"):
    return client.get("/api/me", **({} if header is None else {name: header}))


def claims_of(user: User, **more):
    session = Session.objects.create(user=user, jti="j" * 32, expires=now() + timedelta(hours=1))
    moment = int(now().timestamp())
    return {
        "token_type": "access",
        "exp": moment + 3600,
        "iat": moment,
        "jti": session.jti,
        "user_id": str(user.pk),
        **more,
    }


def signed(claims, *, key: str | None = None, alg: str = "HS256") -> str:
    return jwt.encode(claims, settings.JWT_SECRET_KEY if key is None else key, algorithm=alg)


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class TestHeader:
    @pytest.mark.parametrize("scheme", ["bearer", "Bearer", "BEARER", "bEaReR"])
    @pytest.mark.parametrize("name", ["HTTP_X_AUTHORIZATION", "HTTP_AUTHORIZATION"])
    def test_the_scheme_may_be_in_any_letter_case_in_both_headers(self, api, alice, scheme, name):
        answer = me(api(None), f"{scheme} {tokens.open_session(alice)}", name=name)
        assert answer.json()["username"] == "alice"

    def test_x_authorization_wins(self, api, alice, bob):
        first, second = (f"bearer {tokens.open_session(user)}" for user in (alice, bob))
        both = {"HTTP_X_AUTHORIZATION": first, "HTTP_AUTHORIZATION": second}
        assert api(None).get("/api/me", **both).json()["username"] == "alice"
        both["HTTP_X_AUTHORIZATION"] = "bearer broken"
        assert api(None).get("/api/me", **both).status_code == 403

    @pytest.mark.parametrize("header", [None, "", "   "])
    def test_nothing_is_403_token_missing(self, api, header):
        answer = me(api(None), header)
        assert (answer.status_code, answer.json()["code"]) == (403, "token_missing")
        assert "WWW-Authenticate" not in answer

    @pytest.mark.parametrize(
        "header",
        [
            "bearer",
            "bearer ",
            "Basic YTpi",
            "bearer a b",
            "bearer bearer a.b.c",
            "bearer aaa",
            "bearer a.b",
            "bearer a.b.c.d",
            '"bearer a.b.c"',
            "bearer \xff\xfe.a.b",
            "bearer é.a.b",
            "bearer a.b.c\r\nX: y",
            "bearer a.\tb.c",
            "bearer " + "a" * 100_000,
        ],
    )
    def test_another_form_is_403_token_malformed(self, api, header):
        answer = me(api(None), header)
        assert (answer.status_code, answer.json()["code"]) == (403, "token_malformed")

    def test_a_bare_token_is_not_the_form(self, api, alice):
        answer = me(api(None), tokens.open_session(alice))
        assert answer.json()["code"] == "token_malformed"

    def test_a_refusal_in_the_browsable_pages_is_a_page(self, api, alice):
        answer = api(None).get("/api/me", HTTP_ACCEPT="text/html", HTTP_X_AUTHORIZATION="bearer x")
        assert answer.status_code == 403
        assert b"token_malformed" in answer.content


class TestForgedSessions:
    def test_the_forger_of_these_tests_would_get_in_with_the_key(self, api, alice):
        assert me(api(None), f"bearer {signed(claims_of(alice))}").status_code == 200

    @pytest.mark.parametrize(
        "forge",
        [
            pytest.param(lambda c: signed(c, key="k" * 64), id="another key"),
            pytest.param(lambda c: signed(c, key="secret"), id="a guessed key"),
            pytest.param(lambda c: signed(c, alg="HS512"), id="the right key with HS512"),
            pytest.param(lambda c: signed(c, alg="HS384"), id="the right key with HS384"),
            pytest.param(lambda c: jwt.encode(c, None, algorithm="none"), id="alg none"),
            pytest.param(lambda c: f"{part({'alg': 'None'})}.{part(c)}.", id="alg None"),
            pytest.param(lambda c: f"{part({'alg': 'nOnE'})}.{part(c)}.AA", id="alg nOnE"),
            pytest.param(lambda c: f"{part({'alg': 'RS256'})}.{part(c)}.AA", id="alg RS256"),
            pytest.param(lambda c: f"{part({})}.{part(c)}.AA", id="no alg"),
            pytest.param(lambda c: f"{part({'alg': []})}.{part(c)}.AA", id="alg a list"),
            pytest.param(lambda c: f"{part([])}.{part(c)}.AA", id="header a list"),
            pytest.param(lambda c: f"{part({'alg': 'HS256', 'kid': 5})}.{part(c)}.AA", id="kid 5"),
            pytest.param(
                lambda c: f"{base64.urlsafe_b64encode(b'[' * 2900).decode().rstrip('=')}.e30.AA",
                id="a header too deep to read",
            ),
            pytest.param(lambda c: "!!!.e30.AA".replace("!", "~"), id="no base64"),
            pytest.param(lambda c: signed(c | {"token_type": "refresh"}), id="another type"),
            pytest.param(lambda c: signed(c | {"nbf": c["exp"]}), id="not valid yet"),
            pytest.param(lambda c: signed(c | {"iat": c["exp"] + 9999}), id="from the future"),
            pytest.param(lambda c: signed(c | {"jti": "x" * 32}), id="an id not on record"),
            pytest.param(lambda c: signed(c | {"jti": "x" * 3000}), id="a very long id"),
            pytest.param(lambda c: signed(c | {"user_id": "999999"}), id="another user"),
            pytest.param(lambda c: signed(c | {"user_id": None}), id="no user"),
            pytest.param(
                lambda c: signed({k: v for k, v in c.items() if k != "jti"}), id="without id"
            ),
            pytest.param(
                lambda c: signed({k: v for k, v in c.items() if k != "exp"}), id="without end"
            ),
            pytest.param(lambda c: signed(c | {"exp": "soon"}), id="an end in words"),
        ],
    )
    def test_each_is_403(self, api, alice, forge):
        answer = me(api(None), f"bearer {forge(claims_of(alice))}")
        assert answer.status_code == 403
        assert answer.json()["code"] in {"token_invalid", "token_malformed"}

    def test_every_changed_character_is_noticed(self, api, alice):
        token = tokens.open_session(alice)
        client = api(None)
        for place in range(0, len(token) - 1, 7):  # the last one has unused bits
            if token[place] != ".":
                other = "A" if token[place] != "A" else "B"
                answer = me(client, f"bearer {token[:place]}{other}{token[place + 1 :]}")
                assert answer.status_code == 403

    def test_the_body_of_one_and_the_signature_of_another_do_not_fit(self, api, alice, dora):
        low, high = tokens.open_session(alice).split("."), tokens.open_session(dora).split(".")
        answer = me(api(None), f"bearer {low[0]}.{high[1]}.{low[2]}")
        assert answer.json()["code"] == "token_invalid"


class TestEndOfASession:
    def test_it_expires_after_its_hours(self, api, alice, settings):
        settings.TOKEN_LIFETIME_HOURS = 2
        client = api(alice)
        start = now()
        with time_machine.travel(start + timedelta(hours=1, minutes=59), tick=False):
            assert me(client).status_code == 200
        with time_machine.travel(start + timedelta(hours=2, seconds=2), tick=False):
            assert me(client).json()["code"] == "token_expired"

    def test_the_row_alone_can_end_it_sooner(self, api, alice):
        client = api(alice)
        Session.objects.update(expires=now() - timedelta(seconds=1))
        assert me(client).json()["code"] == "token_expired"

    @pytest.mark.parametrize(
        ("act", "code"),
        [
            (services.end_sessions, "token_revoked"),
            (services.disable, "token_revoked"),
            (
                lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
                "account_disabled",
            ),
            (
                lambda user: services.change_password(user, password="new-horse-22!"),
                "token_revoked",
            ),
            (services.delete_user, "token_invalid"),
        ],
        ids=["ended", "disabled", "disabled behind our back", "new password", "deleted"],
    )
    def test_what_happens_to_the_account_counts_at_the_next_request(self, api, alice, act, code):
        client = api(alice)
        assert me(client).status_code == 200
        act(alice)
        assert (me(client).status_code, me(client).json()["code"]) == (403, code)

    def test_a_demotion_counts_at_the_next_request(self, api, dora, alice):
        services.register(username="zoe", password="correct-horse-1!", role=Role.ADMIN)
        client = api(dora)
        assert client.get("/api/users").status_code == 200
        services.change_role(dora, role=Role.SEARCHER)
        answer = client.get("/api/users")
        assert (answer.status_code, answer.json()["code"]) == (403, "role_too_low")
        services.change_role(dora, role=Role.ADMIN)
        assert client.get("/api/users").status_code == 200

    def test_a_request_costs_one_query(self, api, alice, django_assert_num_queries):
        client = api(alice)
        counting = 2 if connection.vendor == "postgresql" else 0  # there calls are a table
        with django_assert_num_queries(1 + counting):  # the session with its user
            assert me(client).status_code == 200


class TestLongLivedTokens:
    def test_its_secret_is_shown_once_and_kept_nowhere(self, api, alice):
        client = api(alice)
        made = client.post("/api/tokens", {"name": "gate", "role": "downloader"})
        assert made.status_code == 201
        secret = made.json()["token"]
        assert secret.startswith("mr_")
        assert me(api(None), f"bearer {secret}").json()["role"] == "downloader"
        row = Token.objects.values().get()
        assert secret not in json.dumps(row, default=str)
        assert secret not in client.get("/api/tokens").content.decode()
        assert client.get("/api/tokens").json()["results"][0]["prefix"] == secret[:11]

    @pytest.mark.parametrize(
        ("scope", "role", "effective"),
        [
            ("searcher", "admin", "searcher"),
            ("uploader", "uploader", "uploader"),
            ("uploader", "searcher", "searcher"),
            ("admin", "downloader", "downloader"),
        ],
    )
    def test_it_may_do_the_less_of_its_scope_and_its_owners_role(
        self, api, alice, scope, role, effective
    ):
        alice.role = scope
        alice.save()
        _, secret = tokens.create_token(alice, name="t", role=scope)
        alice.role = role
        alice.save()
        answer = me(api(None), f"bearer {secret}").json()
        assert (answer["role"], answer["account_role"]) == (effective, role)
        allowed = api(None).get("/api/users", HTTP_X_AUTHORIZATION=f"bearer {secret}").status_code
        assert allowed == (200 if effective == "admin" else 403)

    def test_using_a_small_token_never_changes_the_account(self, api, dora):
        _, secret = tokens.create_token(dora, name="t", role="searcher")
        me(api(None), f"bearer {secret}")
        dora.refresh_from_db()
        assert dora.role == Role.ADMIN

    def test_more_than_ones_own_role_is_403(self, api, bob):
        answer = api(bob).post("/api/tokens", {"name": "t", "role": "uploader"})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_too_wide")

    def test_a_token_cannot_make_tokens(self, api, alice):
        _, secret = tokens.create_token(alice, name="t", role="uploader")
        answer = api(None).post(
            "/api/tokens", {"name": "u"}, HTTP_X_AUTHORIZATION=f"bearer {secret}"
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_needed")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"name": ""},
            {"name": 5},
            {"name": "a\0"},
            {"name": "x" * 101},
            {"name": "t", "role": "root"},
            {"name": "t", "role": ["admin"]},
            {"name": "t", "expires_in_days": 0},
            {"name": "t", "expires_in_days": 367},
            {"name": "t", "expires_in_days": "7"},
            {"name": "t", "expires_in_days": True},
            {"name": "t", "expires_in_days": 10**30},
            {"name": "t", "expires_in_days": 1.5},
            [],
        ],
    )
    def test_a_wrong_wish_is_400(self, api, alice, body):
        assert api(alice).post("/api/tokens", body).status_code == 400

    def test_it_expires(self, api, alice):
        _, secret = tokens.create_token(alice, name="t", days=1)
        with time_machine.travel(now() + timedelta(days=1, seconds=1)):
            assert me(api(None), f"bearer {secret}").json()["code"] == "token_expired"

    def test_revoking_counts_at_the_next_request_and_the_row_stays(self, api, alice):
        token, secret = tokens.create_token(alice, name="t")
        assert api(alice).delete(f"/api/tokens/{token.pk}").status_code == 204
        assert me(api(None), f"bearer {secret}").json()["code"] == "token_revoked"
        assert Token.objects.filter(pk=token.pk).exists()

    def test_somebody_elses_token_is_not_found(self, api, alice, dora):
        token, _ = tokens.create_token(alice, name="t")
        for wrong in (token.pk, 0, 10**30, "abc", "0x1", "-1", "007"):
            assert api(dora).delete(f"/api/tokens/{wrong}").status_code == 404
        assert api(dora).delete("/api/tokens/a_b").status_code == 400
        token.refresh_from_db()
        assert token.is_usable

    def test_a_disabled_owner_rests_his_tokens(self, api, alice):
        _, secret = tokens.create_token(alice, name="t")
        services.disable(alice)
        assert me(api(None), f"bearer {secret}").json()["code"] == "account_disabled"
        services.enable(alice)
        assert me(api(None), f"bearer {secret}").status_code == 200

    def test_an_unknown_one_is_403(self, api, db):
        assert me(api(None), "bearer mr_" + "a" * 43).json()["code"] == "token_invalid"

    def test_last_use_is_written_once_a_minute(self, api, alice, django_assert_num_queries):
        _, secret = tokens.create_token(alice, name="t")
        start = now()
        with time_machine.travel(start, tick=False):
            with django_assert_num_queries(2):  # the token with its owner, and the moment
                me(api(None), f"bearer {secret}")
            with django_assert_num_queries(1):
                me(api(None), f"bearer {secret}")
        later = start + timedelta(seconds=61)
        with time_machine.travel(later, tick=False):
            me(api(None), f"bearer {secret}")
        assert Token.objects.get().last_used == later

    def test_there_is_an_end_to_how_many(self, api, alice, monkeypatch):
        monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
        client = api(alice)
        answers = [client.post("/api/tokens", {"name": "t"}).status_code for _ in range(3)]
        assert answers == [201, 201, 409]


class TestBrowserSessions:
    def test_a_signed_in_browser_may_read(self, client, alice):
        client.force_login(alice)
        assert client.get("/api/me").json()["credential"]["kind"] == "cookie"

    def test_it_needs_the_csrf_token_to_write(self, alice):
        from django.test import Client

        browser = Client(enforce_csrf_checks=True)
        browser.force_login(alice)
        answer = browser.post("/api/tokens", {"name": "t"}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
        assert not Token.objects.exists()

    def test_a_disabled_account_is_out_at_the_next_request(self, client, alice):
        client.force_login(alice)
        services.disable(alice)
        assert client.get("/api/me").status_code == 403

    def test_a_token_in_the_header_wins_over_the_cookie(self, client, alice, bob):
        client.force_login(alice)
        header = f"bearer {tokens.open_session(bob)}"
        assert client.get("/api/me", HTTP_X_AUTHORIZATION=header).json()["username"] == "bob"

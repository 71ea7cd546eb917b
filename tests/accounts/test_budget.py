"""How often: exactly, whoever counts with us at the same time."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import RequestFactory

from accounts import tokens
from accounts.limits import budget
from accounts.limits.budget import Rate
from accounts.limits.counters import FileCounter, PostgresCounter, RedisCounter
from accounts.limits.errors import CounterUnavailable, RateLimited
from accounts.models import Session
from common.address import client_address, network_of
from tests.conftest import PASSWORD

REDIS = "redis://127.0.0.1:6379/15"
SOON = 2_000_000_000


def postgres() -> PostgresCounter:
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL")
    return PostgresCounter()


def redis_counter() -> RedisCounter:
    counter = RedisCounter(REDIS)
    try:
        counter.redis.ping()
    except Exception:
        pytest.skip("no Redis on 127.0.0.1:6379")
    return counter


@pytest.fixture(
    params=[
        "file",
        pytest.param("redis", marks=pytest.mark.service),
        pytest.param("postgres", marks=pytest.mark.service),
    ]
)
def counter(request, tmp_path):
    if request.param == "file":
        return FileCounter(tmp_path)
    if request.param == "redis":
        return redis_counter()
    request.getfixturevalue("transactional_db")
    return postgres()


@pytest.fixture
def key(request) -> str:
    return f"{request.node.name}:{os.getpid()}:{time.monotonic_ns()}"


def _add_many(directory: Path, key: str, times: int) -> list[int]:
    counter = FileCounter(directory)
    return [counter.add(key, until=SOON, ceiling=10_000) for _ in range(times)]


class TestCounter:
    def test_it_counts_from_one_and_keys_are_apart(self, counter, key):
        assert [counter.add(key, until=SOON, ceiling=9) for _ in range(3)] == [1, 2, 3]
        assert counter.add(key + "'", until=SOON, ceiling=9) == 1
        assert counter.read(key, until=SOON) == 3
        assert counter.read(key + "?", until=SOON) == 0

    def test_it_says_beyond_the_ceiling_that_it_is_beyond(self, counter, key):
        ordinals = [counter.add(key, until=SOON, ceiling=2) for _ in range(5)]
        assert ordinals[:2] == [1, 2]
        assert all(ordinal > 2 for ordinal in ordinals[2:])

    def test_several_count_all_or_none_and_fewer_still_fit(self, counter, key):
        def add(count: int) -> int:
            return counter.add(key, until=SOON, ceiling=10, count=count)

        assert (add(4), add(5)) == (4, 9)
        assert add(2) > 10
        assert counter.read(key, until=SOON) == 9
        assert add(1) == 10
        assert add(1) > 10
        assert counter.add(key + "'", until=SOON, ceiling=10, count=11) > 10
        assert counter.add(key + "'", until=SOON, ceiling=10, count=10) == 10

    @pytest.mark.parametrize("odd", ["", "é\u202e", "../../etc/passwd", "a" * 100_000, "\ud800"])
    def test_a_key_may_be_any_text(self, counter, key, odd):
        assert counter.add(key + odd, until=SOON, ceiling=9) == 1

    @pytest.mark.django_db(transaction=True)
    def test_of_160_at_once_exactly_10_are_among_the_first_10(self, counter, key):
        def call(_: int) -> int:
            try:
                return counter.add(key, until=SOON, ceiling=10)
            finally:
                connection.close()

        with ThreadPoolExecutor(16) as pool:
            ordinals = list(pool.map(call, range(160)))
        assert sorted(o for o in ordinals if o <= 10) == list(range(1, 11))

    def test_processes_never_get_the_same_ordinal(self, tmp_path):
        context = multiprocessing.get_context("fork")
        with context.Pool(4) as pool:
            parts = pool.starmap(_add_many, [(tmp_path, "shared", 250)] * 4)
        assert sorted(ordinal for part in parts for ordinal in part) == list(range(1, 1001))


class TestFiles:
    def test_counts_outlive_the_process_that_made_them(self, tmp_path):
        FileCounter(tmp_path).add("a", until=SOON, ceiling=9)
        assert FileCounter(tmp_path).add("a", until=SOON, ceiling=9) == 2

    def test_a_used_up_key_grows_no_further(self, tmp_path):
        counter = FileCounter(tmp_path)
        for _ in range(50):
            counter.add("a", until=SOON, ceiling=3)
        assert counter.read("a", until=SOON) == 3

    def test_only_what_is_over_is_swept(self, tmp_path):
        counter = FileCounter(tmp_path)
        counter.add("old", until=int(time.time()) - 3 * 3600, ceiling=9)
        counter.add("new", until=int(time.time()) + 10, ceiling=9)
        assert counter.sweep() == 1
        assert counter.read("new", until=int(time.time()) + 10) == 1
        assert FileCounter(tmp_path / "never used").sweep() == 0

    def test_nobody_else_can_read_them(self, tmp_path):
        counter = FileCounter(tmp_path / "counters")
        counter.add("a", until=SOON, ceiling=9)
        (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
        assert file.stat().st_mode & 0o077 == 0

    def test_a_full_disk_is_an_expected_refusal(self, tmp_path, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(CounterUnavailable):
            FileCounter(tmp_path).add("a", until=SOON, ceiling=9)


@pytest.mark.django_db
class TestCallsOfASession:
    def test_the_last_call_is_answered_and_the_next_refused(self, api, alice, settings):
        settings.TOKEN_MAX_CALLS = 3
        client = api(alice)
        left = [client.get("/api/me").json()["credential"]["calls_left"] for _ in range(3)]
        refused = client.get("/api/me")
        assert left == [2, 1, 0]
        assert (refused.status_code, refused.json()["code"]) == (403, "token_used_up")
        assert client.get("/api/me").status_code == 403

    def test_refused_and_unknown_addresses_count_like_any_call(self, api, alice, settings):
        settings.TOKEN_MAX_CALLS = 2
        client = api(alice)
        assert client.get("/api/users").json()["code"] == "role_too_low"
        assert client.delete("/api/tokens/99").status_code == 404
        assert client.get("/api/me").json()["code"] == "token_used_up"

    def test_each_session_has_calls_of_its_own(self, api, alice, settings):
        settings.TOKEN_MAX_CALLS = 1
        assert api(alice).get("/api/me").status_code == 200
        assert api(alice).get("/api/me").status_code == 200

    def test_long_lived_tokens_are_not_counted(self, api, alice, settings):
        settings.TOKEN_MAX_CALLS = 1
        client = api(None)
        _, secret = tokens.create_token(alice, name="t")
        client.credentials(HTTP_X_AUTHORIZATION=f"bearer {secret}")
        assert [client.get("/api/me").status_code for _ in range(3)] == [200] * 3


@pytest.mark.django_db(transaction=True)
def test_of_160_calls_at_once_exactly_10_are_answered(api, alice, settings):
    settings.TOKEN_MAX_CALLS = 10
    header = f"bearer {tokens.open_session(alice)}"

    def call(_: int) -> int:
        try:
            return api(None).get("/api/me", HTTP_X_AUTHORIZATION=header).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert Tally(pool.map(call, range(160))) == {200: 10, 403: 150}


@pytest.mark.django_db  # PostgreSQL counts in a table
class TestRates:
    @pytest.mark.parametrize(
        ("text", "rate"),
        [
            ("10/minute", Rate(10, 60)),
            (" 1 / second ", Rate(1, 1)),
            ("5000/day", Rate(5000, 86_400)),
            ("off", None),
            ("", None),
        ],
    )
    def test_they_read_like_prose(self, text, rate):
        assert Rate.parse(text) == rate

    @pytest.mark.parametrize(
        "text", ["10", "0/minute", "-1/minute", "x/minute", "1/week", "1.5/day"]
    )
    def test_what_cannot_be_read_stops_the_start(self, text, settings):
        with pytest.raises(ImproperlyConfigured):
            Rate.parse(text)
        settings.RATE_LIMITS = {"login": text}
        assert "accounts.E001" in {message.id for message in run_checks()}

    @pytest.mark.parametrize(
        "name", ["login", "login_address", "registration", "download", "artifact"]
    )
    def test_the_nth_passes_and_the_next_waits_for_the_window(self, settings, name):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {name: "3/minute"}
        with time_machine.travel(1_900_000_020, tick=False) as clock:  # 0 s into a minute
            for _ in range(3):
                budget.limit_rate(name, "somebody", name)
            clock.shift(20)
            with pytest.raises(RateLimited) as refusal:
                budget.limit_rate(name, "somebody", name)
            assert refusal.value.headers() == {"Retry-After": "40"}
            budget.limit_rate(name, "somebody else", name)
            clock.shift(40)
            budget.limit_rate(name, "somebody", name)

    def test_off_is_off(self, settings):
        settings.RATE_LIMITS = {"login": "off"}
        for _ in range(100):
            budget.limit_rate("login", "x")


@pytest.mark.django_db
class TestLimitsOfTheApi:
    def sign_in(self, api, name: str, **more):
        body = {"user": {"name": name}, "secret": {"password": "wrong-horse-1!"}}
        return api(None).put("/api/authenticate", body, **more)

    @time_machine.travel(1_900_000_000, tick=False)
    def test_guessing_one_name_is_limited(self, api, alice, settings):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": "3/minute"}
        assert [self.sign_in(api, "alice").status_code for _ in range(4)] == [401, 401, 401, 429]
        refused = self.sign_in(api, "alice")
        assert refused.json()["code"] == "rate_limited"
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert self.sign_in(api, "bob").status_code == 401
        assert self.sign_in(api, "alice", REMOTE_ADDR="192.0.2.9").status_code == 401

    @time_machine.travel(1_900_000_000, tick=False)
    def test_an_invented_address_buys_no_new_guesses(self, api, alice, settings):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": "3/minute"}
        answers = [
            self.sign_in(api, "alice", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}").status_code
            for n in range(4)
        ]
        assert answers[-1] == 429

    @time_machine.travel(1_900_000_000, tick=False)
    def test_guessing_many_names_is_limited(self, api, settings):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"login_address": "3/minute"}
        answers = [self.sign_in(api, f"name{n}", REMOTE_ADDR="192.0.2.77") for n in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]

    @time_machine.travel(1_900_000_000, tick=False)
    def test_registering_is_limited_and_mistakes_do_not_count(self, api, settings):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"registration": "2/hour"}
        answers = [
            api(None)
            .post("/api/register", {"username": n, "password": PASSWORD}, REMOTE_ADDR="192.0.2.78")
            .status_code
            for n in ("a", "e" * 200, "f", "g")
        ]
        assert answers == [201, 400, 201, 429]

    @time_machine.travel(1_900_000_000, tick=False)
    def test_the_sign_in_page_has_the_same_limit(self, client, alice, settings):
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": "2/minute"}
        body = {"username": "alice", "password": "wrong-horse-1!"}
        answers = [
            client.post("/login/", body, REMOTE_ADDR="192.0.2.79").status_code for _ in range(3)
        ]
        assert answers == [422, 422, 429]


class TestAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, "203.0.113.9", "10.0.0.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
            (2, "6.6.6.6, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
            (2, "203.0.113.9", "10.0.0.1"),
            (1, "unknown", "10.0.0.1"),
            (1, "", "10.0.0.1"),
            (1, "203.0.113.9:4711", "203.0.113.9"),
            (1, "[2001:db8::1]:443", "2001:db8::1"),
            (1, "::ffff:203.0.113.9", "203.0.113.9"),
            (1, "fe80::1%eth0", "fe80::1"),
        ],
    )
    def test_only_what_our_proxies_wrote_is_believed(self, settings, proxies, forwarded, address):
        settings.TRUSTED_PROXIES = proxies
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        assert client_address(request) == address

    def test_a_socket_has_no_address(self):
        assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None

    def test_a_customer_with_many_ipv6_addresses_is_one(self):
        requests = [RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{n}") for n in (1, 2)]
        assert len({network_of(request) for request in requests}) == 1


@pytest.mark.django_db
def test_sweeping_forgets_old_sessions_only(alice):
    from datetime import timedelta

    from django.utils.timezone import now

    Session.objects.create(user=alice, jti="old", expires=now() - timedelta(days=31))
    Session.objects.create(user=alice, jti="new", expires=now() - timedelta(days=29))
    tokens.sweep()
    assert list(Session.objects.values_list("jti", flat=True)) == ["new"]

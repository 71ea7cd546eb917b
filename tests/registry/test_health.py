"""Health tells in words what is away, whatever it is."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts import tokens
from artifacts import storage
from artifacts.storage import StorageUnavailable
from registry.operations import health

pytestmark = pytest.mark.usefixtures("files")

URL = "/api/health/components?includeTimeline=true"


def statuses(client) -> dict[str, str]:
    answer = client.get(URL)
    assert answer.status_code == 200
    return {part["id"]: part["status"] for part in answer.json()["components"]}


def test_everything_but_the_worker_is_there(client, db):
    assert statuses(client) == {
        "database": "ok",
        "storage": "ok",
        "cache": "ok",
        "queue": "ok",
        "worker": "critical",
        "ingestion": "ok",
    }


@pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
def test_a_database_that_is_away(client, monkeypatch, problem):
    def refuse(self):
        raise problem("connection to db.internal failed for user registry")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
    assert statuses(client) == {
        "database": "critical",
        "storage": "ok",
        "cache": "critical",  # its table is there
        "queue": "unknown",
        "worker": "unknown",
        "ingestion": "unknown",
    }
    body = client.get(URL).text
    assert "Database does not answer." in body
    assert "db.internal" not in body


@pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
def test_other_answers_say_so_as_well(client, charlie, monkeypatch, caplog, problem):
    def refuse(self):
        raise problem("connection to db.internal failed for user registry")

    headers = {"X-Authorization": f"bearer {tokens.open_session(charlie)}"}
    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
        answer = client.get("/api/artifact/byName/whisper", headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "database_unavailable"
    assert "db.internal" not in answer.text
    assert "db.internal" in caplog.text


def test_a_redis_that_is_away(client, db, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    found = statuses(client)
    assert found["cache"] == "critical"
    assert found["worker"] == "unknown"  # its signs of life are in the cache
    assert found["database"] == found["storage"] == found["queue"] == "ok"
    assert "127.0.0.1" not in client.get(URL).text


def test_a_cache_that_forgets(client, db, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert statuses(client)["cache"] == "critical"


def test_a_storage_that_is_away(client, db, monkeypatch):
    def refuse():
        raise StorageUnavailable(reason="no such bucket: secret-bucket")

    monkeypatch.setattr(storage, "probe", refuse)
    assert statuses(client)["storage"] == "critical"
    assert "secret-bucket" not in client.get(URL).text
    assert health.summary() == "critical"


def test_an_answer_of_the_storage_is_shared_for_a_moment(client, db, monkeypatch):
    probes = []
    monkeypatch.setattr(storage, "probe", lambda: probes.append(1))
    statuses(client)
    statuses(client)
    assert len(probes) == 1

"""The cast: alice uploads, bob downloads, charlie searches, dora is an admin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from rest_framework.test import APIClient

from accounts import tokens
from accounts.audit import append_only
from accounts.models import Role, User
from artifacts.sources import retrying
from tests.hub.fixtures import *  # noqa: F403 - sets what huggingface_hub reads at import
from tests.services.fixtures import *  # noqa: F403 - fixtures

PASSWORD = "correct-horse-1!"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="only the tests that use the database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A second database needs no second look at what never asks it."""
    if not config.getoption("--database-only"):
        return
    others = [item for item in items if not _uses_database(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if _uses_database(item)]


def _uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return "django_db" in item.keywords or not {"db", "transactional_db"}.isdisjoint(fixtures)


@pytest.fixture(autouse=True, scope="session")
def emptied_tables() -> Iterator[None]:
    """Lets tests with real transactions empty their tables, which the audit refuses otherwise."""
    empty = BaseDatabaseOperations.execute_sql_flush

    def without_triggers(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        append_only.unprotect(self.connection)
        empty(self, sql_list)
        append_only.protect(self.connection)

    BaseDatabaseOperations.execute_sql_flush = without_triggers
    yield
    BaseDatabaseOperations.execute_sql_flush = empty


@pytest.fixture(autouse=True)
def waits(monkeypatch) -> list[float]:
    """The seconds that would have been waited between attempts; nobody waits in a test."""
    seconds: list[float] = []
    monkeypatch.setattr(retrying, "sleep", seconds.append)
    return seconds


@pytest.fixture
def values_sent(db) -> Iterator[list[int]]:
    """How many values each statement had; PostgreSQL takes at most 65,535."""
    counts: list[int] = []

    def counted(execute, sql, params, many, context):
        counts.append(len(params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        yield counts


def _person(username: str, role: str) -> User:
    return User.objects.create_user(username, PASSWORD, role=role)


@pytest.fixture
def alice(db) -> User:
    return _person("alice", Role.UPLOADER)


@pytest.fixture
def bob(db) -> User:
    return _person("bob", Role.DOWNLOADER)


@pytest.fixture
def charlie(db) -> User:
    return _person("charlie", Role.SEARCHER)


@pytest.fixture
def dora(db) -> User:
    return _person("dora", Role.ADMIN)


@pytest.fixture
def api():
    """A client of the API that signed in as somebody; ``api(None)`` is a stranger."""

    def client_of(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.credentials(HTTP_X_AUTHORIZATION=f"bearer {tokens.open_session(user)}")
        client.default_format = "json"
        return client

    return client_of

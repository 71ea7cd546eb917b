"""Statements that are planned once, and connections that the server has ended."""

from __future__ import annotations

import psycopg
import pytest
from django.db import close_old_connections, connection

from accounts.models import User
from common.compiled_queries import CompiledQuery
from common.quiet_connections import skip_checks_of_quiet_connections

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _on_postgresql(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL")


def prepared_by_asking() -> list[str]:
    ask = CompiledQuery(lambda name: User.objects.filter(username=name), name=str)
    for name in ("dora", "nobody") * 4:
        ask.first(name=name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_what_comes_again_is_planned_once(dora):
    statements = prepared_by_asking()
    assert sum("accounts_user" in statement for statement in statements) == 1
    assert len([s for s in statements if "pg_prepared_statements" in s]) == 0


def test_behind_a_pooler_nothing_is_compiled(dora, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)
    assert prepared_by_asking() == []
    connection.close()


def test_the_log_of_queries_has_its_values(dora, django_assert_num_queries):
    ask = CompiledQuery(lambda name: User.objects.filter(username=name), name=str)
    with django_assert_num_queries(2) as captured:
        ask.first(name="dora")
        ask.first(name="Robert'); --")
    assert ["'dora'" in query["sql"] for query in captured] == [True, False]
    assert "'Robert''); --'" in captured[1]["sql"]


BY_NAME = CompiledQuery(lambda name: User.objects.filter(username=name), name=str)


def begin_request() -> None:
    """What Django and we do with a connection at that moment."""
    close_old_connections()
    skip_checks_of_quiet_connections()


@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_connection_that_the_server_ended_is_replaced(dora, is_compiled: bool):
    connection.settings_dict["CONN_HEALTH_CHECKS"] = True
    connection.connect()
    ended = connection.connection
    assert connection.is_usable()
    with psycopg.connect(ended.info.dsn, password=ended.info.password, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended.info.backend_pid])
    assert not connection.is_usable()
    connection.health_check_enabled = True
    begin_request()
    if is_compiled:
        assert BY_NAME.first(name="dora") == dora
    else:
        assert User.objects.get(username="dora") == dora
    assert connection.connection is not ended


def test_nothing_is_usable_before_it_is_opened():
    connection.close()
    assert not connection.is_usable()


def test_a_connection_on_which_nothing_came_in_is_not_asked(dora, monkeypatch):
    connection.ensure_connection()
    connection.health_check_enabled = True
    monkeypatch.setattr(connection, "is_usable", lambda: pytest.fail("it was asked"))
    begin_request()
    assert User.objects.get(username="dora") == dora

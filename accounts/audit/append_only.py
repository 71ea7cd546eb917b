"""Audit entries are final: neither code of ours nor SQL of ours changes or deletes one.

The model refuses first and says so in words; triggers of the database refuse what goes
past the model. One change is let through: an entry forgets the row of an account that is
deleted. What else it says about its actor stays.

The triggers are made after every ``migrate``, because a later migration of django-auditlog
that rebuilds its table on SQLite would silently drop them.
"""

from __future__ import annotations

from typing import Any, NoReturn

from auditlog.models import LogEntry, LogEntryManager
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from common.errors import RegistryError

TABLE = LogEntry._meta.db_table  # noqa: SLF001 - documented by Django
COLUMNS = [field.column for field in LogEntry._meta.concrete_fields]  # noqa: SLF001 - the same
INDEX = "audit_by_object"


class AuditEntryFinal(RegistryError):
    code = "audit_entry_final"
    message = "Audit entries can neither be changed nor deleted."
    status = 409


class FinalQuerySet(models.QuerySet[LogEntry]):
    """Reads and adds; everything else is refused before the database is asked."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AuditEntryFinal

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AuditEntryFinal

    def delete(self) -> NoReturn:
        raise AuditEntryFinal


def refuse_deletion(sender: type[LogEntry], instance: LogEntry, **kwargs: Any) -> NoReturn:
    """Receives ``pre_delete``: also where other rows would take entries along."""
    raise AuditEntryFinal


def guard_model() -> None:
    """Give LogEntry a manager that can only read and add."""
    guarded = LogEntryManager.from_queryset(FinalQuerySet)
    LogEntry.add_to_class("objects", guarded())  # type: ignore[attr-defined]


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receives ``post_migrate``."""
    protect(connections[using])


def protect(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing of the triggers, and the index that trails are read with."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        found = _existing(connection)
        for name, statement in _statements(connection).items():
            if name not in found:
                cursor.execute(statement)


def unprotect(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for tests that empty their tables, and for nothing else."""
    with connection.cursor() as cursor:
        for name in _existing(connection) - {INDEX}:
            on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on_table}")


def _existing(connection: BaseDatabaseWrapper) -> set[str]:
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE tbl_name = %s",
        "postgresql": (
            "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s)"
            " UNION SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor], [TABLE])
        return {name for (name,) in cursor.fetchall()} & set(_statements(connection))


def _statements(connection: BaseDatabaseWrapper) -> dict[str, str]:
    index = f"CREATE INDEX {INDEX} ON {TABLE} (content_type_id, object_id, id)"
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    return {INDEX: index, **make()}


def _changed(row_differs: str) -> str:
    """SQL that is true when anything but the actor's row differs, or the actor is swapped."""
    others = [row_differs.format(name=name) for name in COLUMNS if name != "actor_id"]
    return f"NEW.actor_id IS NOT NULL OR {' OR '.join(others)}"


def _sqlite() -> dict[str, str]:
    refusal = "BEGIN SELECT RAISE(ABORT, 'audit entries are final'); END"
    changed = _changed("NEW.{name} IS NOT OLD.{name}")
    return {
        "audit_no_delete": f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} {refusal}",
        "audit_no_update": (
            f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} WHEN {changed} {refusal}"
        ),
    }


def _postgresql() -> dict[str, str]:
    function = (
        "CREATE OR REPLACE FUNCTION audit_entries_are_final() RETURNS trigger AS $$ BEGIN"
        " RAISE EXCEPTION 'audit entries are final' USING ERRCODE = 'restrict_violation';"
        " END $$ LANGUAGE plpgsql; "
    )
    execute = "EXECUTE FUNCTION audit_entries_are_final()"
    changed = _changed("NEW.{name} IS DISTINCT FROM OLD.{name}")
    return {
        "audit_no_delete": (
            f"{function}CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE}"
            f" FOR EACH ROW {execute}"
        ),
        "audit_no_update": (
            f"{function}CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE}"
            f" FOR EACH ROW WHEN ({changed}) {execute}"
        ),
        "audit_no_truncate": (
            f"{function}CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE}"
            f" FOR EACH STATEMENT {execute}"
        ),
    }

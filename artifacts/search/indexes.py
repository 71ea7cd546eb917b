"""The trigram indexes behind the search, one kind per database.

PostgreSQL has GIN indexes; SQLite has full-text tables, which hold no text of their own
and which triggers keep in step with the rows, whoever writes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from common.errors import RegistryError

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

# Each indexes one text of a table, under the key of its row.
SQLITE_INDEXES = {
    "artifacts_name_trigrams": ("artifacts_artifact", "id", "name"),
    "artifacts_readme_trigrams": ("artifacts_searchdocument", "artifact_id", "readme"),
}
# Without the list of pending entries: a search would read it from end to end.
POSTGRES_INDEXES = {
    # Django's icontains compares in upper case
    "artifacts_name_trigrams": "artifacts_artifact USING gin (upper(name::text) gin_trgm_ops)",
    "artifacts_source_trigrams": "artifacts_artifact USING gin (source_key gin_trgm_ops)",
    "artifacts_readme_trigrams": "artifacts_searchdocument USING gin (readme gin_trgm_ops)",
}


class TrigramsMissing(RegistryError):
    code = "trigrams_missing"
    message = (
        "The search needs the extension pg_trgm, which could not be created: {reason} "
        "Let a superuser run CREATE EXTENSION pg_trgm; in this database (it comes with "
        "PostgreSQL's contrib package), then migrate again."
    )
    status = 503


def install(connection: BaseDatabaseWrapper) -> None:
    """Create what is missing and index the rows that are there. Safe to run again."""
    if connection.vendor == "postgresql":
        _install_postgres(connection)
    else:
        _install_sqlite(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the indexes; the extension may serve others and stays."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for index in POSTGRES_INDEXES:
                cursor.execute(f"DROP INDEX IF EXISTS {index}")
            return
        for index in SQLITE_INDEXES:
            for event in ("insert", "delete", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {index}_{event}")
            cursor.execute(f"DROP TABLE IF EXISTS {index}")


def repair(connection: BaseDatabaseWrapper) -> None:
    """Bring back triggers that went away with a table that a migration of SQLite rebuilt."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name GLOB 'artifacts_*_trigrams*'")
        present = {name for (name,) in cursor.fetchall()}
    if any(
        index in present and not {f"{index}_{event}" for event in _TRIGGERS} <= present
        for index in SQLITE_INDEXES
    ):
        install(connection)


def _install_postgres(connection: BaseDatabaseWrapper) -> None:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as exc:
        raise TrigramsMissing(reason=str(exc).strip().splitlines()[0]) from exc
    with connection.cursor() as cursor:
        for index, on in POSTGRES_INDEXES.items():
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {on} WITH (fastupdate = off)")


_GONE = "INSERT INTO {index} ({index}, rowid, {text}) VALUES ('delete', old.{key}, old.{text});"
_NEW = "INSERT INTO {index} (rowid, {text}) VALUES (new.{key}, new.{text});"
_TRIGGERS = {
    "insert": f"AFTER INSERT ON {{table}} BEGIN {_NEW} END",
    "delete": f"AFTER DELETE ON {{table}} BEGIN {_GONE} END",
    "update": (
        "AFTER UPDATE OF {text} ON {table} WHEN old.{text} IS NOT new.{text}"
        f" BEGIN {_GONE} {_NEW} END"
    ),
}


def _install_sqlite(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for index, (table, key, text) in SQLITE_INDEXES.items():
            cursor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5({text},"
                f" content='{table}', content_rowid='{key}',"
                " tokenize='trigram', detail='none', columnsize=0)"
            )
            for event, trigger in _TRIGGERS.items():
                body = trigger.format(index=index, table=table, key=key, text=text)
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {index}_{event} {body}")
            cursor.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608 - ours

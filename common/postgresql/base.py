"""Django's PostgreSQL, with fewer ways to the server and back."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import Cursor, DataError


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """A prepared statement is sent apart from its values, so for the log they are joined."""
        try:
            return super().last_executed_query(cursor, sql, params) or self.compose_sql(sql, params)
        except DataError:
            return sql


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """Statements of ``prepared_cursor`` are planned when they first come; others never are."""
        return super().get_connection_params() | {"prepare_threshold": 0}

    def prepared_cursor(self) -> Any:
        """A cursor for statements that come again and again: planned once for a connection."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(Cursor(self.connection))  # type: ignore[attr-defined]

    def is_usable(self) -> bool:
        """Whether the server is still there; asks it only where the line says that it spoke.

        A server says nothing by itself unless it ends the connection, so a line with nothing to
        read needs no question. Every request begins with this.
        """
        if self.connection is None or self.connection.closed:
            return False
        line = select.poll()
        line.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not line.poll(0) or super().is_usable()

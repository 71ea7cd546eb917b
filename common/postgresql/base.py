"""Django's PostgreSQL, with fewer ways to the server and back."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Cursor


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        """Statements of ``prepared_cursor`` are planned when they first come; others never are."""
        return super().get_connection_params() | {"prepare_threshold": 0}

    def prepared_cursor(self) -> Any:
        """A cursor for statements that come again and again: planned once for a connection."""
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

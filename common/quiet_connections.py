"""Connections to PostgreSQL on which nothing came in need no ``SELECT 1`` at each request.

A server says nothing by itself unless it ends the connection, so where there is nothing to
read nothing has happened. All else is left to Django's CONN_HEALTH_CHECKS.
"""

from __future__ import annotations

import select
from typing import Any

from django.db import connections


def skip_checks_of_quiet_connections(**_: Any) -> None:
    """As a request begins, behind Django's own look at its connections."""
    wrapper: Any
    for wrapper in connections.all(initialized_only=True):
        if wrapper.vendor == "postgresql" and _is_quiet(wrapper.connection):
            wrapper.health_check_done = True


def _is_quiet(connection: Any) -> bool:
    if connection is None or connection.closed:
        return False
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return not line.poll(0)

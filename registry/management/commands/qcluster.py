"""django-q's own command; a worker also sees to it that what runs by itself is scheduled."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django_q.management.commands import qcluster

from registry.schedules import ensure_schedules


class Command(qcluster.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        ensure_schedules()
        connections.close_all()  # the processes that follow open their own
        super().handle(*args, **options)

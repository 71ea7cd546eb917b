"""The only door to the queue."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django_q.tasks import async_task


def enqueue(job: str, *ids: int) -> None:
    """Queue the function at the dotted path ``job`` when the current transaction commits.

    Jobs take ids, never objects: a worker must see the row as it is then, and the
    broker must never carry a pickled model.
    """
    transaction.on_commit(partial(async_task, job, *ids))

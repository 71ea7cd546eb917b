"""The number of SQL queries of every operation: recorded, and the same in a larger world.

``RECORD_QUERY_COUNTS=1`` writes the numbers anew; a change of the file is for a reviewer to like.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.api.world import CALLS, build, make

pytestmark = pytest.mark.django_db

BASELINE = Path(__file__).with_name("query_counts.json")
LARGE = 30
MACHINERY = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET LOCAL")


def counted(name: str, client, world, user) -> int:
    """How many queries the operation asks; what it did is undone."""
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        answer = make(client, name, world, user)
        transaction.set_rollback(True)
    assert answer.status_code == CALLS[name].status, (name, answer.content)
    return sum(_counts(query["sql"]) for query in captured)


def _counts(sql: str) -> bool:
    """PostgreSQL also keeps the calls of a token, which SQLite leaves to files."""
    return not sql.startswith(MACHINERY) and "accounts_counter" not in sql


def test_they_are_as_recorded_and_do_not_grow(api, alice, bob, charlie, dora, erin):
    client = api(dora)
    names = [name for name, call in sorted(CALLS.items()) if not call.grows]
    small = build(alice, [alice, bob, charlie, dora, erin])
    for name in names:  # what is asked once in the life of a process
        counted(name, client, small, dora)
    here = {name: counted(name, client, small, dora) for name in names}
    with transaction.atomic():
        for artifact in alice.artifacts.all():
            artifact.delete()
        type(alice).objects.filter(username__in=["spare", "person-0"]).delete()
        large = build(alice, [alice, bob, charlie, dora, erin], size=LARGE)
        there = {name: counted(name, client, large, dora) for name in names}
        transaction.set_rollback(True)
    assert there == here
    if os.environ.get("RECORD_QUERY_COUNTS"):
        BASELINE.write_text(json.dumps(here, indent=2) + "\n")
    assert here == json.loads(BASELINE.read_text())

"""What runs by itself is scheduled once, however and wherever the registry is started."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string
from django.utils.timezone import now
from django_q.management.commands import qcluster
from django_q.models import Schedule

from registry.schedules import SWEEPS, ensure_schedules


def rows():
    return list(Schedule.objects.order_by("-pk").values_list("pk", "name", "func", "minutes"))


EXPECTED = [(sweep.key, sweep.name, sweep.func, sweep.minutes) for sweep in SWEEPS]


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.name)
def test_each_names_a_function(sweep):
    assert callable(import_string(sweep.func))


@pytest.mark.parametrize(
    "job",
    [
        "registry.ingestion.ingest",
        "registry.reset.clear_storage",
        "ratings.jobs.run_rating",
        "ratings.services.request_remeasuring",
        "ratings.services.remeasure_descendants",
    ],
)
def test_jobs_of_older_databases_are_found(job):
    """What waits in a queue, or is run again after a failure, outlives an update."""
    assert callable(import_string(job))


@pytest.mark.django_db
class TestOneRowEach:
    @pytest.fixture(autouse=True)
    def nothing_scheduled(self, db):
        Schedule.objects.all().delete()

    def test_twice_is_once(self):
        ensure_schedules()
        ensure_schedules()
        assert rows() == EXPECTED

    def test_a_migration_schedules(self):
        call_command("migrate", verbosity=0, interactive=False)
        assert rows() == EXPECTED

    def test_a_worker_that_starts_schedules(self, monkeypatch):
        monkeypatch.setattr(qcluster.Command, "handle", lambda self, **options: None)
        monkeypatch.setattr("django.db.connections.close_all", lambda: None)
        call_command("qcluster")
        assert rows() == EXPECTED

    def test_rows_of_an_older_version_go(self):
        for _ in range(2):
            Schedule.objects.create(name="sweep", func="registry.ingestion.sweep", minutes=1)
        Schedule.objects.create(name="sweep-storage", func="registry.gone.sweep")
        Schedule.objects.create(name="my own", func="os.getpid")
        ensure_schedules()
        assert sorted(Schedule.objects.values_list("name", flat=True)) == sorted(
            ["my own", *(sweep.name for sweep in SWEEPS)]
        )

    def test_a_row_of_an_older_version_is_brought_up_to_date(self):
        Schedule.objects.create(pk=-1, name="sweep", func="registry.gone.sweep", minutes=7)
        ensure_schedules()
        assert rows() == EXPECTED

    def test_when_it_runs_next_stays(self):
        ensure_schedules()
        later = now() + timedelta(minutes=30)
        Schedule.objects.filter(pk=-2).update(next_run=later)
        ensure_schedules()
        assert Schedule.objects.get(pk=-2).next_run == later

    def test_rows_of_others_keep_their_numbers(self):
        ensure_schedules()
        assert Schedule.objects.create(name="x", func="os.getpid").pk > 0


@pytest.mark.django_db(transaction=True)
def test_many_that_start_at_once_make_one_row_each():
    Schedule.objects.all().delete()

    def start() -> None:
        try:
            ensure_schedules()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        for started in [pool.submit(start) for _ in range(16)]:
            started.result()
    assert rows() == EXPECTED

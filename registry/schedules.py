"""What runs by itself: one row each, whichever process starts first.

It stands beside the settings and not in ``ingestion``, because it schedules sweeps of three apps:
versions, stored bytes and sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django_q.models import Schedule


@dataclass(frozen=True, slots=True)
class Sweep:
    """A function that runs every so many minutes.

    The key of its row is fixed, because names of schedules are not unique: processes that
    start together would make several. Negative keys stay outside the sequence's range.
    """

    key: int
    name: str
    func: str
    minutes: int


SWEEPS = (
    Sweep(-1, "sweep", "registry.ingestion.sweep", 1),
    Sweep(-2, "sweep-storage", "artifacts.storage.upkeep.sweep_blobs", 60),
    Sweep(-3, "sweep-sessions", "accounts.tokens.sweep", 60),
)


def ensure_schedules() -> None:
    """Have exactly these rows; doing it twice, or in many processes at once, changes nothing.

    Rows that an older version made under these names go. When each runs next stays.
    """
    keys = [sweep.key for sweep in SWEEPS]
    names = [sweep.name for sweep in SWEEPS]
    Schedule.objects.filter(name__in=names).exclude(pk__in=keys).delete()
    rows = [Schedule(pk=sweep.key, **_fields(sweep)) for sweep in SWEEPS]
    Schedule.objects.bulk_create(rows, ignore_conflicts=True)
    for sweep in SWEEPS:
        Schedule.objects.filter(pk=sweep.key).update(**_fields(sweep))


def _fields(sweep: Sweep) -> dict[str, Any]:
    return {
        "name": sweep.name,
        "func": sweep.func,
        "schedule_type": Schedule.MINUTES,
        "minutes": sweep.minutes,
        "repeats": -1,
    }


def after_migrations(apps: Apps = installed, **kwargs: Any) -> None:
    """Receives ``post_migrate`` of django-q; there is no table where it was migrated away."""
    try:
        apps.get_model("django_q", "Schedule")
    except LookupError:
        return
    ensure_schedules()

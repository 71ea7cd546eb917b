"""Is everything there that the registry needs? Every answer comes from a probe."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db import Error as DatabaseProblem
from django.db import connection
from django.db.models import Count, Min
from django.utils.timezone import now
from django_q.brokers import get_broker
from django_q.status import Stat
from redis import RedisError

from artifacts import storage
from artifacts.models import State, Version
from common.errors import RegistryError

logger = logging.getLogger(__name__)

OK, UNKNOWN, DEGRADED, CRITICAL = "ok", "unknown", "degraded", "critical"
_ORDER = (OK, UNKNOWN, DEGRADED, CRITICAL)
_SEVERITY = {UNKNOWN: "info", DEGRADED: "warning", CRITICAL: "error"}
BUCKETS = 12
SLOW_PROBE_SECONDS = 2.0
LONG_QUEUE = 100
# Probing storage writes an object: everybody who asks within this time shares one answer.
KEEP_SECONDS = 5
# what a part that is away leads to: its own probe fails, and others cannot look
AWAY = (DatabaseProblem, RedisError, RegistryError, OSError)


@dataclass
class Component:
    """One part of the registry as a probe found it."""

    id: str
    display_name: str
    description: str
    status: str = OK
    metrics: dict[str, float] = field(default_factory=dict)
    issues: list[dict[str, str]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    logs: list[dict[str, str]] = field(default_factory=list)
    observed_at: datetime = field(default_factory=now)

    def trouble(self, status: str, code: str, summary: str, details: str = "") -> None:
        """Note one issue; the worst one decides the status."""
        severity = _SEVERITY[status]
        self.issues.append(
            {"code": code, "severity": severity, "summary": summary, "details": details}
        )
        self.status = max(self.status, status, key=_ORDER.index)


def components(*, window_minutes: int = 60, with_timeline: bool = False) -> list[Component]:
    """All components, each probed now or at most a few seconds ago."""
    since = now() - timedelta(minutes=window_minutes)
    return [
        _database(),
        _storage(),
        _cache(),
        _queue(),
        _worker(),
        _ingestion(since, window_minutes if with_timeline else None),
    ]


def summary() -> str:
    """The worst status of all components: one word for a page's head."""
    return max((part.status for part in components()), key=_ORDER.index)


def _timed(part: Component, probe: Callable[[], Any]) -> None:
    """Run a probe and note how long it took, or that it failed."""
    started = time.perf_counter()
    try:
        probe()
    except AWAY as exc:
        _note(part, CRITICAL, f"{part.id}_failed", f"{part.display_name} does not answer.", exc)
        return
    seconds = time.perf_counter() - started
    part.metrics["latency_ms"] = round(seconds * 1000, 2)
    if seconds > SLOW_PROBE_SECONDS:
        part.trouble(DEGRADED, f"{part.id}_slow", f"{part.display_name} took {seconds:.1f} s.")


def _looked_at(part: Component, look: Callable[[], None]) -> Component:
    """``part`` after ``look``; unknown where something else is away that it is told by."""
    try:
        look()
    except AWAY as exc:
        code, summary = f"{part.id}_unknown", f"{part.display_name} cannot be looked at just now."
        _note(part, UNKNOWN, code, summary, exc)
    return part


def _note(part: Component, status: str, code: str, summary: str, exc: Exception) -> None:
    """Everybody may read this answer, so addresses and names stay in the log."""
    logger.warning("health of %s: %s", part.id, exc)
    details = f"{type(exc).__name__}; the operators' log has the rest."
    part.trouble(status, code, summary, details)


def _database() -> Component:
    part = Component("database", "Database", "Answers a trivial query.")

    def probe() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    _timed(part, probe)
    return part


def _storage() -> Component:
    part = Component("storage", "Storage", "Writes, reads and removes a small object.")
    recent = None
    with suppress(*AWAY):  # a cache that is away has a component of its own
        recent = cache.get("health:storage")
    if recent is not None:
        part.metrics["latency_ms"], part.observed_at = recent
        return part
    _timed(part, storage.probe)
    if part.status == OK:
        with suppress(*AWAY):
            kept = (part.metrics["latency_ms"], part.observed_at)
            cache.set("health:storage", kept, KEEP_SECONDS)
    return part


def _cache() -> Component:
    part = Component("cache", "Cache", "Keeps a value and gives it back.")

    def probe() -> None:
        cache.set("health:cache", uuid4().hex, 60)
        if cache.get("health:cache") is None:
            raise OSError("The value that was just written is not there.")

    _timed(part, probe)
    return part


def _queue() -> Component:
    part = Component("queue", "Queue", "Holds the ingestions that wait for a worker.")

    def look() -> None:
        waiting = Version.objects.filter(state=State.PENDING, claim="")
        figures = waiting.aggregate(count=Count("pk"), oldest=Min("created"))
        part.metrics["tasks"] = get_broker().queue_size()
        part.metrics["waiting"] = figures["count"]
        if figures["oldest"]:
            age = (now() - figures["oldest"]).total_seconds()
            part.metrics["oldest_seconds"] = round(age, 1)
        if figures["count"] > LONG_QUEUE:
            part.trouble(
                DEGRADED, "queue_long", f"{figures['count']} ingestions wait for a worker."
            )

    return _looked_at(part, look)


def _worker() -> Component:
    part = Component("worker", "Workers", "Clusters that showed a heartbeat lately.")

    def look() -> None:
        clusters = Stat.get_all()
        part.metrics["clusters"] = len(clusters)
        part.metrics["processes"] = sum(len(cluster.workers) for cluster in clusters)
        if not clusters:
            part.trouble(
                CRITICAL,
                "no_worker",
                "No worker is running; nothing will be ingested.",
                "Start one with: manage.py qcluster",
            )

    return _looked_at(part, look)


def _ingestion(since: datetime, timeline_minutes: int | None) -> Component:
    part = Component("ingestion", "Ingestion", "What became of the versions of this window.")

    def look() -> None:
        ended = Version.objects.filter(finished__gte=since)
        counts = dict(ended.order_by().values_list("state").annotate(Count("pk")))
        for state in (State.READY, State.REJECTED, State.FAILED):
            part.metrics[state.lower()] = counts.get(state, 0)
        part.metrics["active"] = Version.objects.active().count()
        stale = Version.objects.stale().exclude(claim="").count()
        if stale:
            part.trouble(DEGRADED, "stale", f"{stale} ingestions have had no heartbeat lately.")
        failed = part.metrics["failed"]
        if failed > part.metrics["ready"] + part.metrics["rejected"]:
            part.trouble(DEGRADED, "many_failures", f"{failed:.0f} ingestions failed lately.")
        if timeline_minutes is not None:
            part.timeline = _timeline(since, timeline_minutes)

    return _looked_at(part, look)


def _timeline(since: datetime, window_minutes: int) -> list[dict[str, Any]]:
    """Finished ingestions per twelfth of the window."""
    width = timedelta(minutes=window_minutes) / BUCKETS
    counts = [0] * BUCKETS
    ended = Version.objects.filter(finished__gte=since).values_list("finished", flat=True)
    for finished in filter(None, ended):
        counts[min(BUCKETS - 1, int((finished - since) / width))] += 1
    return [
        {"bucket": since + width * index, "value": count, "unit": "versions"}
        for index, count in enumerate(counts)
    ]

"""The work that is done between requests."""

from __future__ import annotations

from registry.settings.environment import env
from registry.settings.machine import WORKERS

INGESTION_JOB = "registry.ingestion.ingest"
REQUEST_REMEASURING = "ratings.services.request_remeasuring"
LICENCE_READER = "ratings.licences.normalise"
INGESTION_SYNC = env.bool("INGESTION_SYNC", False)
INGESTION_MAX_ATTEMPTS = env.int("INGESTION_MAX_ATTEMPTS", 3)
INGESTION_STALE_SECONDS = env.int("INGESTION_STALE_SECONDS", 60)  # no heartbeat for so long
JOB_TIMEOUT_SECONDS = env.int("JOB_TIMEOUT_SECONDS", 6 * 3600)
Q_CLUSTER = {
    "name": "registry",
    "orm": "default",
    "workers": WORKERS,
    "queue_limit": 1,
    "timeout": JOB_TIMEOUT_SECONDS,
    # retry counts from the fetch, so it must outlast a whole queue of slow tasks
    "retry": JOB_TIMEOUT_SECONDS * 4,
    "max_attempts": 1,  # attempts are counted on our own rows, the sweeper queues again
    "ack_failures": True,
    "poll": 0.5,
    "save_limit": 1000,
    "catch_up": False,
    "label": "Queue",
}

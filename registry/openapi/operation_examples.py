"""Health, tracks and reset."""

from __future__ import annotations

from registry.openapi.shared_values import MOMENT, Examples

_COMPONENTS = {
    "components": [
        {
            "id": "worker",
            "display_name": "Workers",
            "status": "critical",
            "observed_at": MOMENT,
            "description": "Clusters that showed a heartbeat lately.",
            "metrics": {"clusters": 0.0, "processes": 0.0},
            "issues": [
                {
                    "code": "no_worker",
                    "severity": "error",
                    "summary": "No worker is running; nothing will be ingested.",
                    "details": "Start one with: manage.py qcluster",
                }
            ],
            "timeline": [],
            "logs": [],
        }
    ],
    "generated_at": MOMENT,
    "window_minutes": 60,
}
_TRACKS = [
    "Performance track",
    "Access control track",
    "High assurance track",
    "Other Security track",
]

EXAMPLES: Examples = {
    "health": (None, {"status": "ok"}),
    "health_components": (None, _COMPONENTS),
    "tracks": (None, {"plannedTracks": _TRACKS}),
    "reset": (None, {"removed": {"artifacts": 48, "versions": 61, "users": 12}}),
}

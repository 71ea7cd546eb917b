"""What the OpenAPI document shows for each operation: one small story, told once.

``operation id -> (request body, answer)``; None where there is none, or where the view
has an example of its own.
"""

from __future__ import annotations

from typing import Any

_URL = "https://huggingface.co/openai/whisper-tiny"
_METADATA = {"name": "whisper-tiny", "id": "48", "type": "model"}
_ENVELOPE = {
    "metadata": _METADATA,
    "data": {
        "url": _URL,
        "download_url": "https://registry.example/downloads/WyJidW5kbGUi.../whisper-tiny.zip",
    },
}
_RENAME = {
    "metadata": {"name": "whisper-tiny-en", "id": "48", "type": "model"},
    "data": {"url": _URL},
}
_MOMENT = "2026-03-02T09:13:05.120934+00:00"
_REVISION = "169d4a4341b33bc18d8881c4b69c2e104e1cc0af"
_ARTIFACT = {
    "id": "48",
    "type": "model",
    "name": "whisper-tiny",
    "url": _URL,
    "owner": "alice",
    "license": "Apache-2.0",
    "net_score": 0.71,
    "coverage": 0.84,
    "size_bytes": 268_746_356,
    "revision": _REVISION,
    "created": _MOMENT,
    "published": _MOMENT,
}
_MEASUREMENT = {
    "score": 0.35,
    "reason": "2 people would have to leave before half of 148 files have no author",
    "evidence": [{"note": "commits", "url": f"{_URL}/commits/{_REVISION}", "remedy": ""}],
    "latency_seconds": 0.0021,
}
_RATING = {
    "id": 77,
    "revision": _REVISION,
    "catalogue_version": "2",
    "net_score": 0.71,
    "coverage": 0.84,
    "verdict": {"passed": True, "broken": [], "warnings": []},
    "measurements": {"bus_factor": _MEASUREMENT},
    "created": _MOMENT,
}
_RATING_ROW = {
    "id": 77,
    "artifact_id": "48",
    "artifact_type": "model",
    "artifact_name": "whisper-tiny",
    "revision": _REVISION,
    "catalogue_version": "2",
    "net_score": 0.71,
    "coverage": 0.84,
    "passed": True,
    "created": _MOMENT,
}
_SCORES = {
    "net_score": 0.71,
    "ramp_up_time": 0.82,
    "bus_factor": 0.35,
    "performance_claims": 0.9,
    "license": 1.0,
    "dataset_and_code_score": 0.75,
    "dataset_quality": -1.0,
    "code_quality": 0.68,
    "reproducibility": 0.5,
    "reviewedness": 0.44,
    "tree_score": -1.0,
}
_RATE = {
    "name": "whisper-tiny",
    "category": "MODEL",
    **_SCORES,
    **{f"{name}_latency": 0.0012 for name in _SCORES},
    "size_score": {
        "raspberry_pi": 0.42,
        "jetson_nano": 0.61,
        "desktop_pc": 0.95,
        "aws_server": 1.0,
    },
    "size_score_latency": 0.0004,
}
_LINK = {
    "id": 12,
    "child": "48",
    "parent": "7",
    "parent_type": "dataset",
    "parent_name": "common_voice",
    "parent_url": "https://huggingface.co/datasets/mozilla-foundation/common_voice",
    "relationship": "training_dataset",
    "seen_in": "model_card",
    "path": "README.md",
    "line": 9,
    "status": "declared",
    "reason": "",
    "created": _MOMENT,
    "created_by": None,
}
_GRAPH = {
    "nodes": [
        {"artifact_id": "48", "name": "whisper-tiny", "source": "", "metadata": {"url": _URL}},
        {"artifact_id": "7", "name": "common_voice", "source": "model_card", "metadata": {}},
    ],
    "edges": [
        {
            "from_node_artifact_id": "7",
            "to_node_artifact_id": "48",
            "relationship": "training_dataset",
            "status": "declared",
            "reason": "",
            "seen": [{"seen_in": "model_card", "path": "README.md", "line": 9}],
        }
    ],
    "is_complete": True,
    "note": "",
}
_FILE = {
    "path": "config.json",
    "size_bytes": 1983,
    "sha256": "0f1a2e1b6d3d43a2a4b8d4ff9d7b1a5c6a6f9b3f4e3f0b7a9c8d7e6f5a4b3c2d",
    "git_sha1": "417aa9de49a132dd3eb6a56d3be2718b15f08917",
    "is_lfs": False,
    "scan": "clean",
    "findings": [],
}
_INGESTION = {
    "number": 1,
    "revision": _REVISION,
    "state": "FETCHING",
    "stage": "fetch",
    "progress": {
        "files_done": 3,
        "files_total": 11,
        "bytes_done": 41_943_040,
        "bytes_total": 268_746_356,
    },
    "reason": "",
    "reason_code": "",
    "is_retryable": False,
    "attempts": 1,
    "created": _MOMENT,
    "started": _MOMENT,
    "finished": None,
}
_COMPONENTS = {
    "components": [
        {
            "id": "worker",
            "display_name": "Workers",
            "status": "critical",
            "observed_at": _MOMENT,
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
    "generated_at": _MOMENT,
    "window_minutes": 60,
}
_TRACKS = [
    "Performance track",
    "Access control track",
    "High assurance track",
    "Other Security track",
]
_TOKEN = {
    "id": 3,
    "name": "release gate",
    "role": "searcher",
    "prefix": "mr_bXkgc2Vj",
    "created": _MOMENT,
    "expires": "2026-05-31T09:13:05.120934+00:00",
    "last_used": None,
    "revoked": None,
}
_USER = {
    "id": 7,
    "username": "alice",
    "role": "uploader",
    "is_active": True,
    "created": _MOMENT,
    "last_login": None,
}
_ME = {
    "id": 7,
    "username": "alice",
    "role": "searcher",
    "account_role": "uploader",
    "credential": {
        "kind": "session",
        "name": "session 15",
        "expires": _MOMENT,
        "calls_left": 873,
    },
}
_LICENCE = {
    "revision": _REVISION,
    "expression": "Apache-2.0",
    "reason": "declared in the card",
    "confidence": 0.9,
    "declared": {
        "expression": "Apache-2.0",
        "reason": "Hub id apache-2.0",
        "is_known": True,
        "stated": "apache-2.0",
    },
    "detected": [],
    "conflicts": [],
    "findings": [],
    "permissions": {
        "expression": "Apache-2.0",
        "category": "permissive",
        "fine_tuning": True,
        "redistribution": True,
        "commercial": True,
        "use_restrictions": False,
        "copyleft": "",
        "is_known": True,
        "obligations": [],
    },
    "looked_at": ["README.md"],
}
_UNKNOWN = "Unknown, because the licence of the model is not known: nothing is stated."
_EXPLANATION = {
    "answer": "unknown",
    "is_compatible": False,
    "sentence": _UNKNOWN,
    "rule": "licence-missing",
    "source": "",
    "verdict": {
        "answer": "unknown",
        "is_compatible": False,
        "reason": "the licence of the model is not known",
        "rule": "licence-missing",
        "source": "",
        "inbound": "",
        "outbound": "Apache-2.0",
        "obligations": [],
        "pairs": [],
    },
    "licences": [],
    "obligations": [],
    "findings": [],
    "chain": [],
    "project": {
        "url": "https://github.com/acme/speech-app",
        "revision": "02925afd44e2946e583a7f6434585a77c146fcf4",
        "artifact_id": "",
        "expression": "Apache-2.0",
    },
    "note": "",
}
_LICENCE_CHECK = {"github_url": "https://github.com/acme/speech-app"}


def _page(row: Any) -> dict[str, Any]:
    return {"next": None, "results": [row]}


EXAMPLES: dict[str, tuple[Any, Any]] = {
    "health": (None, {"status": "ok"}),
    "health_components": (None, _COMPONENTS),
    "tracks": (None, {"plannedTracks": _TRACKS}),
    "register_create": (None, {"id": 7, "username": "alice"}),
    "auth_register_create": (None, {"id": 7, "username": "alice"}),
    "me_retrieve": (None, _ME),
    "tokens_list": (None, _page(_TOKEN)),
    "tokens_create": (None, _TOKEN | {"token": "mr_bXkgc2VjcmV0IGlzIHNhZmUgd2l0aCB5b3U"}),
    "users_list": (None, _page(_USER)),
    "users_retrieve": (None, _USER),
    "users_partial_update": ({"role": "uploader"}, _USER),
    "artifact_list": (None, _page(_ARTIFACT)),
    "artifact_query": ([{"name": "*", "types": ["model"]}, {"name": "sst2"}], [_METADATA]),
    "artifact_detail": (None, _ARTIFACT),
    "artifact_by_name": (None, [_METADATA]),
    "artifact_by_regex": ({"regex": "whisper-(tiny|base)"}, [_METADATA]),
    "artifact_create": ({"url": _URL, "name": "whisper-tiny"}, _ENVELOPE),
    "artifact_retrieve": (None, _ENVELOPE),
    "artifact_update": (_RENAME, _ENVELOPE),
    "artifact_delete": (None, _METADATA),
    "artifact_ingestion": (None, _INGESTION),
    "artifact_files": (None, _page(_FILE)),
    "artifact_rating": (None, _RATING),
    "artifact_cost": (
        None,
        {
            "48": {"total_cost": 412.5, "standalone_cost": 268.7},
            "7": {"total_cost": 143.8, "standalone_cost": 143.8},
        },
    ),
    "artifact_lineage": (None, _GRAPH),
    "artifact_license": (None, _LICENCE),
    "artifact_license_explain": (_LICENCE_CHECK, _EXPLANATION),
    "reset": (None, {"removed": {"artifacts": 48, "versions": 61, "users": 12}}),
    "artifact_license_check": (_LICENCE_CHECK, True),
    "model_rate": (None, _RATE),
    "ratings_list": (None, _page(_RATING_ROW)),
    "ratings_retrieve": (None, _RATING),
    "lineage_list": (None, _page(_LINK)),
    "lineage_create": (
        {"child": "48", "parent": "7", "relationship": "training_dataset"},
        _LINK | {"seen_in": "manual", "path": "", "line": None, "created_by": "alice"},
    ),
    "lineage_retrieve": (None, _LINK),
}

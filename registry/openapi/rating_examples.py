"""Ratings: measurements and scores."""

from __future__ import annotations

from registry.openapi.shared_values import MOMENT, REVISION, URL, Examples, page

_MEASUREMENT = {
    "score": 0.35,
    "reason": "2 people would have to leave before half of 148 files have no author",
    "evidence": [{"note": "commits", "url": f"{URL}/commits/{REVISION}", "remedy": ""}],
    "latency_seconds": 0.0021,
}
_RATING = {
    "id": 77,
    "revision": REVISION,
    "catalogue_version": "2",
    "net_score": 0.71,
    "coverage": 0.84,
    "verdict": {"passed": True, "broken": [], "warnings": []},
    "measurements": {"bus_factor": _MEASUREMENT},
    "created": MOMENT,
}
_RATING_ROW = {
    "id": 77,
    "artifact_id": "48",
    "artifact_type": "model",
    "artifact_name": "whisper-tiny",
    "revision": REVISION,
    "catalogue_version": "2",
    "net_score": 0.71,
    "coverage": 0.84,
    "passed": True,
    "created": MOMENT,
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

EXAMPLES: Examples = {
    "artifact_rating": (None, _RATING),
    "model_rate": (None, _RATE),
    "ratings_list": (None, page(_RATING_ROW)),
    "ratings_retrieve": (None, _RATING),
}

"""Lineage and cost: what something was made from."""

from __future__ import annotations

from registry.openapi.shared_values import MOMENT, URL, Examples, page

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
    "created": MOMENT,
    "created_by": None,
}
_GRAPH = {
    "nodes": [
        {"artifact_id": "48", "name": "whisper-tiny", "source": "", "metadata": {"url": URL}},
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

EXAMPLES: Examples = {
    "artifact_cost": (
        None,
        {
            "48": {"total_cost": 412.5, "standalone_cost": 268.7},
            "7": {"total_cost": 143.8, "standalone_cost": 143.8},
        },
    ),
    "artifact_lineage": (None, _GRAPH),
    "lineage_list": (None, page(_LINK)),
    "lineage_create": (
        {"child": "48", "parent": "7", "relationship": "training_dataset"},
        _LINK | {"seen_in": "manual", "path": "", "line": None, "created_by": "alice"},
    ),
    "lineage_retrieve": (None, _LINK),
}

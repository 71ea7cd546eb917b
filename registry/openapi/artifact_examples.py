"""Artifacts: what is registered, what arrives, its files."""

from __future__ import annotations

from registry.openapi.shared_values import MOMENT, REVISION, URL, Examples, page

_METADATA = {"name": "whisper-tiny", "id": "48", "type": "model"}
_ENVELOPE = {
    "metadata": _METADATA,
    "data": {
        "url": URL,
        "download_url": "https://registry.example/downloads/WyJidW5kbGUi.../whisper-tiny.zip",
    },
}
_RENAME = {
    "metadata": {"name": "whisper-tiny-en", "id": "48", "type": "model"},
    "data": {"url": URL},
}
_ARTIFACT = {
    "id": "48",
    "type": "model",
    "name": "whisper-tiny",
    "url": URL,
    "owner": "alice",
    "license": "Apache-2.0",
    "net_score": 0.71,
    "coverage": 0.84,
    "size_bytes": 268_746_356,
    "revision": REVISION,
    "created": MOMENT,
    "published": MOMENT,
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
    "revision": REVISION,
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
    "created": MOMENT,
    "started": MOMENT,
    "finished": None,
}

EXAMPLES: Examples = {
    "artifact_list": (None, page(_ARTIFACT)),
    "artifact_query": ([{"name": "*", "types": ["model"]}, {"name": "sst2"}], [_METADATA]),
    "artifact_detail": (None, _ARTIFACT),
    "artifact_by_name": (None, [_METADATA]),
    "artifact_by_regex": ({"regex": "whisper-(tiny|base)"}, [_METADATA]),
    "artifact_create": ({"url": URL, "name": "whisper-tiny"}, _ENVELOPE),
    "artifact_retrieve": (None, _ENVELOPE),
    "artifact_update": (_RENAME, _ENVELOPE),
    "artifact_delete": (None, _METADATA),
    "artifact_ingestion": (None, _INGESTION),
    "artifact_files": (None, page(_FILE)),
}

"""Licences: what holds for a model, and whether a project may use it."""

from __future__ import annotations

from registry.openapi.shared_values import REVISION, Examples

_LICENCE = {
    "revision": REVISION,
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

EXAMPLES: Examples = {
    "artifact_license": (None, _LICENCE),
    "artifact_license_explain": (_LICENCE_CHECK, _EXPLANATION),
    "artifact_license_check": (_LICENCE_CHECK, True),
}

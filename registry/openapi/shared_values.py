"""What the examples of all apps have in common."""

from __future__ import annotations

from typing import Any

# operation id -> (request body, answer); None where there is none, or where the view has its own
Examples = dict[str, tuple[Any, Any]]

URL = "https://huggingface.co/openai/whisper-tiny"
MOMENT = "2026-03-02T09:13:05.120934+00:00"
REVISION = "169d4a4341b33bc18d8881c4b69c2e104e1cc0af"


def page(row: Any) -> dict[str, Any]:
    return {"next": None, "results": [row]}

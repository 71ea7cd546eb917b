"""Lists that the readers here go by, as JSON: languages, kinds of files, known names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def table(name: str) -> Any:
    """The list of this name: an object or an array of words."""
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))

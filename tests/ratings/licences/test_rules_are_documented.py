"""Every rule that can decide is explained in docs/licences.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ratings.licences.data.tables import table

ROOT = Path(__file__).resolve().parents[3]
CODE = "\n".join(
    path.read_text() for path in sorted((ROOT / "ratings/licences/compatibility").glob("*.py"))
)
KEPT = table("rules")["answers"]
RULES = sorted(
    {row.get("rule", name) for name, row in KEPT.items()}
    | set(re.findall(r'answer\(\s*[\w."]+,\s*"([a-z0-9.-]+)"', CODE))
    | set(re.findall(r'Compatibility\(\s*"unknown",\s*reason,\s*"([a-z-]+)"', CODE))
)


def test_there_are_rules():
    assert len(RULES) > 20


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_explained(rule: str):
    assert f"`{rule}`" in (ROOT / "docs" / "licences.md").read_text()

"""Each test counts from zero, whatever clock it stops."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def fresh_counters(settings, tmp_path):
    settings.COUNTER_DIR = tmp_path / "counters"

"""A server that knows nothing of Django settings can start the registry."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.parametrize("module", ["registry.wsgi", "registry.asgi"])
def test_each_needs_nothing_but_its_import(module, tmp_path):
    environment = os.environ | {"DATA_DIR": str(tmp_path)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-c", f"from {module} import application; print(callable(application))"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "True\n", done.stderr

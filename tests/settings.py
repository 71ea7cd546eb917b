"""The project's settings, with a scratch place for data and a fast password hasher."""

import os
import tempfile
from pathlib import Path

_scratch = Path(tempfile.mkdtemp(prefix="registry-tests-"))
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("JWT_SECRET_KEY", "tests-only-" + "y" * 50)
os.environ.setdefault("DATA_DIR", str(_scratch))
for _name in ("XET", "TELEMETRY", "UPDATE_CHECK", "IMPLICIT_TOKEN"):
    os.environ.setdefault(f"HF_HUB_DISABLE_{_name}", "1")

from registry.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # a file, because threads and real servers of a test share it
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "tests.sqlite3")}  # noqa: F405
ALLOWED_HOSTS = ["*"]
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 - or whitenoise warns in every test that makes a request
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "1000000/day")  # noqa: F405 - tests of limits set their own

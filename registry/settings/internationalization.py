"""One language and one time zone."""

from __future__ import annotations

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

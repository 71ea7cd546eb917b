"""Where things are on this machine, and how many processes run."""

from __future__ import annotations

from pathlib import Path

from registry.settings.environment import DATA_DIR, env

UPLOAD_DIR = Path(env.str("UPLOAD_DIR", str(DATA_DIR / "storage")))
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
WEB_PROCESSES = env.int("WEB_PROCESSES", 2)
WEB_THREADS = env.int("WEB_THREADS", 8)
WORKERS = env.int("WORKERS", 2)
IS_PUBLIC = HOST not in {"127.0.0.1", "localhost", "::1"}

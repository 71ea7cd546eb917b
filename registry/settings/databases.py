"""One database: SQLite beside the data, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from registry.settings.environment import DATA_DIR, env

DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'registry.sqlite3'}")


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # measured: the defaults lose a quarter of concurrent writers to "locked"
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456"
                ),
            },
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL: {parts.scheme} is not sqlite or postgresql.")
    options = _postgresql_options(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # a pooler that gives each transaction another connection keeps neither plans nor cursors
        "DISABLE_SERVER_SIDE_CURSORS": options["prepare_threshold"] is None,
        "OPTIONS": options,
    }


def _postgresql_options(query: str) -> dict[str, object]:
    """What the query of DATABASE_URL says, and that statements which come again are planned once.

    docs/decisions/0072 has the figures.
    """
    given = {"connect_timeout": "10", "prepare_threshold": "5", **dict(parse_qsl(query))}
    threshold = given["prepare_threshold"]
    if threshold != "none" and not threshold.isdecimal():
        raise ImproperlyConfigured("DATABASE_URL: prepare_threshold is a number or none.")
    return {
        **given,
        "server_side_binding": True,
        "prepare_threshold": None if threshold == "none" else int(threshold),
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

"""Settings: what cannot work is said with its name, and what is unsafe does not start."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from registry import checks
from registry.settings.databases import _database
from tests.running import ROOT


@pytest.fixture
def public(settings):
    settings.IS_PUBLIC = True
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["registry.example"]
    settings.SECRET_KEY = "s" * 60
    settings.JWT_SECRET_KEY = "j" * 60
    return settings


def test_a_public_server_with_safe_settings_starts(public):
    assert checks.refusals() == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", True, "DEBUG is on"),
        ("ALLOWED_HOSTS", [], "Set ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "Set ALLOWED_HOSTS"),
        ("SECRET_KEY", "secret", "SECRET_KEY is shorter"),
        ("JWT_SECRET_KEY", "secret", "JWT_SECRET_KEY is shorter"),
        ("JWT_SECRET_KEY", "s" * 60, "are the same"),
    ],
)
@pytest.mark.parametrize("command", ["prepare", "serve"])
def test_an_unsafe_one_does_not(public, name, value, words, command):
    setattr(public, name, value)
    with pytest.raises(CommandError, match=words):
        call_command(command)


@pytest.mark.parametrize(("name", "value"), [("BEHIND_TLS", True), ("TRUSTED_PROXIES", 1)])
def test_behind_a_proxy_is_public_as_well(public, name, value):
    public.IS_PUBLIC, public.DEBUG = False, True
    assert checks.refusals() == []
    setattr(public, name, value)
    assert checks.refusals() == ["- DEBUG is on. Unset DEBUG."]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_ENDPOINT", "huggingface.co"),
        ("GITHUB_URL", "ftp://github.com"),
        ("GITHUB_API_URL", "https://"),
        ("AWS_ENDPOINT_URL", "http://s3:port"),
        ("REDIS_URL", "localhost:6379"),
        ("PORT", 0),
        ("PORT", 70000),
        ("WORKERS", 0),
        ("TOKEN_LIFETIME_HOURS", -1),
    ],
)
def test_a_value_that_cannot_work_is_an_error_with_its_name(settings, name, value):
    setattr(settings, name, value)
    (found,) = checks.values_can_be_used()
    assert found.msg.startswith(name)
    assert name in found.hint


@pytest.mark.parametrize(
    "value", ["redis://:secret@redis:6379/1", "rediss://redis", "unix:///run/redis.sock"]
)
def test_every_form_of_a_redis_address_is_one(settings, value):
    settings.REDIS_URL = value
    assert checks.values_can_be_used() == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "eighty", '"PORT" invalid'),
        ("LOG_LEVEL", "loud", '"LOG_LEVEL" invalid'),
        ("DATABASE_URL", "mysql://db/registry", "DATABASE_URL: mysql is not"),
        ("DATABASE_URL", "postgresql://db/r?prepare_threshold=no", "prepare_threshold is a number"),
        ("SECRET_KEY_FILE", "/nowhere/secret", "SECRET_KEY_FILE: No such file"),
        ("DATA_DIR", "/dev/null/registry", "DATA_DIR: Not a directory"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/registry", "database does not answer"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, value, words):
    environment = {key: text for key, text in os.environ.items() if key != "SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        check=False,
        cwd=ROOT,
        env={
            **environment,
            "DJANGO_SETTINGS_MODULE": "registry.settings",
            "DATA_DIR": str(tmp_path),
            name: value,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_no_section_overrides_another():
    """All sections end up in one module, where a second value would win without a word."""
    assigned = Counter(
        name
        for section in (ROOT / "registry/settings").glob("*.py")
        for name in {
            node.id
            for node in ast.walk(ast.parse(section.read_text()))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        if name.isupper()
    )
    assert {"BASE_DIR", "SECRET_KEY", "DATABASES", "LOGGING"} <= set(assigned)
    assert [name for name, count in assigned.items() if count > 1] == []


@pytest.mark.parametrize(
    ("query", "threshold", "has_cursors"),
    [
        ("", 5, True),
        ("?prepare_threshold=0", 0, True),
        ("?prepare_threshold=none", None, False),
    ],
)
def test_behind_a_pooler_nothing_is_kept_on_the_server(query, threshold, has_cursors):
    database = _database(f"postgresql://db/registry{query}")
    assert database["OPTIONS"]["prepare_threshold"] == threshold
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is not has_cursors


def test_what_the_address_of_a_database_asks_for_reaches_its_driver():
    options = _database("postgresql://db/registry?sslmode=require&connect_timeout=3")["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("require", "3")

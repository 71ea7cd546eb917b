"""Settings that cannot work, and what production must not look like; each says what to set."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register

from artifacts import sources

SHORTEST_SECRET = 50
HIGHEST_PORT = 65535
HTTP = ("https", "http")
ADDRESSES = {  # setting -> the schemes it may have; each source names its own beside these
    "AWS_ENDPOINT_URL": HTTP,
    "REDIS_URL": ("redis", "rediss", "unix"),
}
AT_LEAST_ONE = (
    "PORT",
    "WEB_PROCESSES",
    "WEB_THREADS",
    "WORKERS",
    "TOKEN_MAX_CALLS",
    "TOKEN_LIFETIME_HOURS",
    "MAX_CONTENT_LENGTH",
    "DOWNLOAD_URL_SECONDS",
    "INGESTION_MAX_ATTEMPTS",
    "INGESTION_STALE_SECONDS",
    "JOB_TIMEOUT_SECONDS",
    "SOURCE_MAX_FILES",
)


@register()
def values_can_be_used(**kwargs: Any) -> list[Error]:
    """Each address is one, and each number is large enough to work with."""
    found = []
    at_sources = (name for source in sources.registered() for name in source.address_settings)
    for name, schemes in (dict.fromkeys(at_sources, HTTP) | ADDRESSES).items():
        value = getattr(settings, name)
        if value and not _is_address(value, schemes):
            hint = f"Set {name} to an address that begins with {schemes[0]}://."
            found.append(Error(f"{name} is not an address.", hint=hint, id="registry.E005"))
    for name in AT_LEAST_ONE:
        if getattr(settings, name) < 1:
            hint = f"Set {name} to a larger number, or leave it unset."
            found.append(Error(f"{name} is less than 1.", hint=hint, id="registry.E006"))
    if settings.PORT > HIGHEST_PORT:
        hint = f"Set PORT to a number up to {HIGHEST_PORT}."
        found.append(Error(f"PORT is {settings.PORT}.", hint=hint, id="registry.E006"))
    return found


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
    is_whole = bool(parts.hostname) or (parts.scheme == "unix" and bool(parts.path))
    return parts.scheme in schemes and is_whole and port != 0


def _findings() -> list[Error]:
    found = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", hint="Unset DEBUG.", id="registry.E001"))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS does not say which names this server answers to.",
                hint="Set ALLOWED_HOSTS to the names people type, separated by commas.",
                id="registry.E002",
            )
        )
    found += [
        Error(
            f"{name} is shorter than {SHORTEST_SECRET} characters.",
            hint=f"Set {name} to a long random value, or leave it unset.",
            id="registry.E003",
        )
        for name in ("SECRET_KEY", "JWT_SECRET_KEY")
        if len(getattr(settings, name)) < SHORTEST_SECRET
    ]
    if settings.SECRET_KEY == settings.JWT_SECRET_KEY:
        found.append(
            Error(
                "SECRET_KEY and JWT_SECRET_KEY are the same.",
                hint="Give each its own random value.",
                id="registry.E004",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_production(app_configs: Any, **kwargs: Any) -> list[Error]:
    return _findings()


def refusals() -> list[str]:
    """Why this process must not serve other machines; empty when it may, or when it does not."""
    if not (settings.IS_PUBLIC or settings.BEHIND_TLS or settings.TRUSTED_PROXIES):
        return []
    return [f"- {error.msg} {error.hint}" for error in _findings()]

"""What Django's check framework says about the settings of this app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from accounts.limits.budget import Rate


@register()
def rate_limits_can_be_read(**kwargs: Any) -> list[CheckMessage]:
    """Each rate limit has a form that can be enforced."""
    found: list[CheckMessage] = []
    for name, text in settings.RATE_LIMITS.items():
        try:
            Rate.parse(text)
        except ImproperlyConfigured as exc:
            found.append(
                Error(str(exc), hint=f"Set RATE_LIMIT_{name.upper()}.", id="accounts.E001")
            )
    return found

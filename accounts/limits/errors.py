"""What limits refuse with."""

from __future__ import annotations

from common.errors import RegistryError


class RateLimited(RegistryError):
    code = "rate_limited"
    message = "Too often: at most {limit} ({name}). Try again in {retry_after} seconds."
    status = 429


class CounterUnavailable(RegistryError):
    code = "counter_unavailable"
    message = "Calls cannot be counted right now. Try again in {retry_after} seconds."
    status = 503

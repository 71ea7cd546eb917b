"""Limits as DRF's throttles: what the view declares is counted before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.throttling import BaseThrottle

from accounts.limits.route_limits import limits_for

if TYPE_CHECKING:  # DRF's views import this module for their defaults
    from rest_framework.request import Request
    from rest_framework.views import APIView


class RateThrottle(BaseThrottle):
    """Counts exactly, in the counters of ``accounts.limits``; raises RateLimited itself.

    DRF's own throttles read a list from the cache and write it back, so of calls at the
    same time more pass than may.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        name = getattr(view, "action", None) or str(request.method).lower()
        for limit in limits_for(view, name):
            limit.hit(request)
        return True

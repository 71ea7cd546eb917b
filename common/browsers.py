"""Middleware that only browsers need: each is Django's or a package's, left out for a token.

A program that shows a token has no cookies, fills in no form and reads no page.
"""

from __future__ import annotations

from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from django_htmx.middleware import HtmxMiddleware

NOTHING = "default-src 'none'; frame-ancestors 'none'"


def shows_token(request: HttpRequest) -> bool:
    """Whether the caller is to be recognised by a header, so that no cookie counts."""
    meta = request.META
    shown = meta.get("HTTP_X_AUTHORIZATION") or meta.get("HTTP_AUTHORIZATION") or ""
    return bool(shown.strip()) and request.path.startswith("/api/")


class _BrowserMiddleware(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if shows_token(request) else super().__call__(request)


class BrowserSessionMiddleware(_BrowserMiddleware, SessionMiddleware):
    pass


class BrowserAuthenticationMiddleware(_BrowserMiddleware, AuthenticationMiddleware):
    pass


class BrowserHtmxMiddleware(HtmxMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if shows_token(request) else super().__call__(request)


class BrowserMessageMiddleware(_BrowserMiddleware, MessageMiddleware):
    pass


class BrowserCSPMiddleware(CSPMiddleware):
    """The policy of pages; data needs none of what a page may do."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if kind.startswith(("application/json", "application/problem+json")):
            response.headers.setdefault(HEADER, NOTHING)
            return response
        return super().process_response(request, response)

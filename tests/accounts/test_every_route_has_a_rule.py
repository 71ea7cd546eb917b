"""No address without a declared rule and limit: a new route that forgets one fails here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.limits.route_limits import READING
from accounts.permissions import IsSearcher, public_page, require_role
from accounts.routes import limits_of, rules_of

# Django's admin asks is_staff by itself, at each of its addresses.
GUARDED_ELSEWHERE = ("admin/",)


def routes(patterns, before: str = "") -> Iterator[tuple[str, object]]:
    for entry in patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, address)
        elif isinstance(entry, URLPattern):
            yield address, entry.callback


ROUTES = [
    pytest.param(callback, id=address)
    for address, callback in routes(get_resolver().url_patterns)
    if not address.startswith(GUARDED_ELSEWHERE)
]


@pytest.mark.parametrize("callback", ROUTES)
def test_it_declares_who_may(callback):
    assert rules_of(callback)


def test_a_view_without_a_rule_is_noticed():
    from rest_framework.permissions import AllowAny
    from rest_framework.views import APIView

    class Silent(APIView):
        pass

    class Careless(APIView):
        permission_classes = [AllowAny]

    assert rules_of(Silent.as_view()) is None
    assert rules_of(Careless.as_view()) is None
    assert rules_of(lambda request: None) is None


WRITING = ("POST", "PUT", "PATCH", "DELETE")


def methods_of(callback) -> list[str]:
    """What a route takes, without HEAD and OPTIONS; a page says it by what it refuses."""
    if actions := getattr(callback, "actions", None):
        return [method.upper() for method in actions if method != "head"]
    if view := getattr(callback, "cls", None):
        return [method for method in ("GET", *WRITING) if hasattr(view, method.lower())]
    return ["GET", "POST"] if _takes_post(callback) else ["GET"]


def _takes_post(page) -> bool:
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    try:
        return page(request).status_code != 405
    except (TypeError, AttributeError):  # it was about to run: it misses an address or a session
        return True


@pytest.mark.parametrize("callback", ROUTES)
def test_it_declares_its_limits_or_why_it_has_none(callback):
    said = {method: limits_of(callback, method) for method in methods_of(callback)}
    assert all(said.values()), said


def test_a_view_without_a_limit_is_noticed():
    from rest_framework.viewsets import ViewSet

    class Silent(ViewSet):
        permission_classes = [IsSearcher]

    class Half(Silent):
        limits = {"create": "artifact"}
        unlimited = {"partial_update": "a reason of its own"}

    routes = {"get": "list", "post": "create", "patch": "partial_update", "delete": "destroy"}
    silent, half = Silent.as_view(routes), Half.as_view(routes)
    assert limits_of(silent, "GET") == READING
    assert limits_of(silent, "POST") == ""
    assert (limits_of(half, "POST"), limits_of(half, "DELETE")) == ("artifact", "")
    assert limits_of(half, "PATCH") == "a reason of its own"
    assert limits_of(require_role("admin")(lambda request: None), "POST") == ""
    assert limits_of(public_page(lambda request: None), "GET") == ""


def test_every_limit_that_is_named_can_be_set():
    named = {limits_of(param.values[0], m) for param in ROUTES for m in ("GET", *WRITING)}
    assert set(settings.RATE_LIMITS) <= set(", ".join(named).split(", "))

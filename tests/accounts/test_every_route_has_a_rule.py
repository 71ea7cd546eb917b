"""No address without a declared rule: a new route that forgets it fails here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.permissions import rules_of

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

"""Pages that are also fragments."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

FRAGMENT_HEADERS = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")


class HtmxRequest(HttpRequest):
    """A request after django-htmx has looked at it."""

    htmx: HtmxDetails


def wants_fragment(request: HtmxRequest) -> bool:
    """Whether only part of the page will be swapped in.

    Boosted links and history restores are htmx requests too, but they need the
    whole page.
    """
    htmx = request.htmx
    return bool(htmx) and not (htmx.boosted or htmx.history_restore_request)

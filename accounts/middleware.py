"""What every request passes on behalf of accounts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.audit.actors import answered

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class AuditMiddleware:
    """Lets audit entries name the caller of the request they were written in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return answered(request, lambda: self.get_response(request))

"""What every request passes: refusals in words, for programs and for people."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.api import is_api, problem_response
from common.errors import RegistryError

GetResponse = Callable[[HttpRequest], HttpResponse]


class RejectNulMiddleware:
    """Refuses paths and queries with a NUL, which no name has and PostgreSQL cannot store."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "\0" in query or "%00" in query:
            detail = "The address contains a NUL character."
            if is_api(request):
                return problem_response(status=400, code="nul_character", detail=detail)
            return HttpResponse(detail, status=400, content_type="text/plain")
        return self.get_response(request)


class ExpectedErrorsMiddleware:
    """Turns a RegistryError that a page raised into a notice a person can read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if not isinstance(exc, RegistryError):
            return None
        if is_api(request):
            return problem_response(status=exc.status, code=exc.code, detail=str(exc))
        response = render(request, "error.html", {"error": exc}, status=exc.status)
        for name, value in exc.headers().items():
            response[name] = value
        return response

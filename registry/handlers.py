"""Errors that no view answers: problem details for the API, pages for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from common.api import is_api, problem_response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_api(request):
        return defaults.bad_request(request, exception)
    return problem_response(
        status=400, code="malformed_request", detail="The request is malformed."
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_api(request):
        return defaults.permission_denied(request, exception)
    return problem_response(status=403, code="forbidden", detail="This is not allowed.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_api(request):
        return defaults.page_not_found(request, exception)
    return problem_response(
        status=404,
        code="no_such_address",
        detail="The API has nothing at this address; /api/schema/ lists what it has.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    if not is_api(request):
        return defaults.server_error(request)
    return problem_response(
        status=500,
        code="internal_error",
        detail="This is a mistake of the registry; the operators' log has it.",
    )

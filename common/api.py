"""How the API reads and writes JSON, and the one shape of its errors: RFC 9457 problem details."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.utils.http import parse_etags
from rest_framework import exceptions, negotiation, parsers, renderers
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import RegistryError

JSON = "application/json"
PROBLEM_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)


class BodyTooLarge(RegistryError):
    code = "body_too_large"
    message = "The body has {actual} bytes; at most {limit} are read here."
    status = 413


class DatabaseUnavailable(RegistryError):
    code = "database_unavailable"
    message = "The database does not answer. Try again in {retry_after} seconds."
    status = 503


def unless_known(request: Request, version: str, answer: Callable[[], Any]) -> HttpResponseBase:
    """304 for a caller that has this ``version`` of the answer; ``answer`` is then never asked.

    ``version`` must change with anything that the answer shows. Each form of the answer
    (JSON, a page) has its own tag.
    """
    form = request.accepted_renderer.format if request.accepted_renderer else "json"
    tag = f'W/"{form}-{version}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {entry.removeprefix("W/") for entry in parse_etags(_if_none_match(request))}
    if known & {tag.removeprefix("W/"), "*"}:
        return HttpResponseNotModified(headers=headers)
    return Response(answer(), headers=headers)


def _if_none_match(request: Request) -> str:
    return str(request.META.get("HTTP_IF_NONE_MATCH", ""))


def _too_large(request: Request) -> BodyTooLarge:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    # a body in chunks is read up to the limit, so nobody knows how long it would have been
    length = None if is_chunked(request.META) else request.META.get("CONTENT_LENGTH")
    return BodyTooLarge(actual=length or f"more than {limit}", limit=limit)


def is_chunked(environ: Mapping[str, Any]) -> bool:
    """Whether nobody said how long the body is."""
    return "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()


def set_rollback() -> None:
    """Leave nothing half-written behind an error."""
    from rest_framework import views  # which imports this module for its defaults

    views.set_rollback()


class JSONParser(parsers.JSONParser):
    """Strict, fast JSON with a limit on bytes and, through the parser, on depth."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise _too_large((parser_context or {})["request"])
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise exceptions.ParseError(f"The body is not valid JSON: {exc}.") from exc


class Negotiation(negotiation.DefaultContentNegotiation):
    """DRF's, with the answer to most programs known beforehand."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        usual = renderers[0]
        asked = request.META.get("HTTP_ACCEPT", "*/*")
        is_plain = not format_suffix and not request.META.get("QUERY_STRING")
        if is_plain and usual.media_type == JSON and asked in {"*/*", JSON}:
            return usual, JSON
        chosen: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen


class JSONRenderer(renderers.BaseRenderer):
    """JSON by orjson; errors are labelled as problem details."""

    media_type = JSON
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.exception:
            response["Content-Type"] = PROBLEM_TYPE
        if data is None:
            return b""
        return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)


class BrowsableRenderer(renderers.BrowsableAPIRenderer):
    """DRF's pages, with the JSON as this API writes it."""

    def get_default_renderer(self, view: Any) -> renderers.BaseRenderer:
        return renderers.JSONRenderer()


def problem(
    *, status: int, code: str, detail: str, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The body of every error: ``code`` never changes, ``detail`` is for a person."""
    return {
        "type": f"urn:model-registry:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **(more or {}),
    }


def problem_response(
    *, status: int, code: str, detail: str, more: Mapping[str, Any] | None = None
) -> JsonResponse:
    """The same outside of DRF."""
    body = problem(status=status, code=code, detail=detail, more=more)
    return JsonResponse(body, status=status, content_type=PROBLEM_TYPE)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Give every failure of the API one shape; None means a bug, which stays a loud 500."""
    if isinstance(exc, RequestDataTooBig):
        exc = _too_large(context["request"])
    if isinstance(exc, (OperationalError, InterfaceError)):
        logger.error("The database does not answer.", exc_info=exc)
        exc = DatabaseUnavailable(retry_after=5)
    if isinstance(exc, RegistryError):
        set_rollback()
        more = {"details": exc.details} if exc.details else {}
        body = problem(status=exc.status, code=exc.code, detail=str(exc), more=more)
        return Response(body, exc.status, headers=exc.headers())
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, SuspiciousOperation):
        exc = exceptions.ParseError("The request is malformed.")
    if not isinstance(exc, exceptions.APIException):
        return None

    set_rollback()
    headers = {}
    if getattr(exc, "wait", None) is not None:
        headers["Retry-After"] = str(max(1, round(exc.wait)))  # type: ignore[attr-defined]
    errors = list(_flatten(exc.detail))
    first = errors[0] if errors else {"attr": None, "code": exc.default_code, "detail": ""}
    if isinstance(exc, exceptions.ValidationError):
        body = problem(
            status=exc.status_code,
            code="validation_error",
            detail=" ".join(_sentence(error) for error in errors[:5]),
            more={"errors": errors},
        )
    else:
        body = problem(status=exc.status_code, code=str(first["code"]), detail=str(first["detail"]))
    return Response(body, exc.status_code, headers=headers)


def _sentence(error: Mapping[str, Any]) -> str:
    return f"{error['attr']}: {error['detail']}" if error["attr"] else str(error["detail"])


def _flatten(detail: Any, attr: str | None = None) -> Iterator[dict[str, Any]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            key = None if key == "non_field_errors" else str(key)  # noqa: PLW2901 - the same thing
            yield from _flatten(value, ".".join(part for part in (attr, key) if part) or None)
    elif isinstance(detail, (list, tuple)):
        nested = any(not isinstance(item, exceptions.ErrorDetail) for item in detail)
        for index, item in enumerate(detail):
            inner = f"{attr}.{index}" if nested and attr else (str(index) if nested else attr)
            yield from _flatten(item, inner)
    else:
        yield {
            "attr": attr,
            "code": getattr(detail, "code", None) or "invalid",
            "detail": str(detail),
        }


def is_api(request: HttpRequest) -> bool:
    """Whether the caller is a program that expects JSON."""
    return request.path.startswith("/api/") or request.path in {"/api", "/health"}

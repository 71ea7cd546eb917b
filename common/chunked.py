"""Bodies that come in chunks: the server knows where they end, and Django reads none of them.

Django believes Content-Length alone, so the JSON of programs that stream what they send would
look like an empty body.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from gunicorn.http.errors import ParseException

from common.api import PROBLEM_TYPE, is_chunked, problem

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_lengths(application: Application) -> Application:
    """``application``, told how long a body in chunks is. What is too long stays too long.

    Bundles are left alone: they are streamed, and need their length beforehand.
    """

    def measured(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if is_chunked(environ) and environ.get("wsgi.input_terminated") and not _is_form(environ):
            try:
                body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            except (ParseException, OSError):
                return _broken(start_response)
            environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return application(environ, start_response)

    return measured


def _is_form(environ: dict[str, Any]) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/")


def _broken(start_response: Callable[..., Any]) -> Iterable[bytes]:
    detail = "The chunks of the body are broken, or its end is missing."
    body = orjson.dumps(problem(status=400, code="malformed_request", detail=detail))
    headers = [("Content-Type", PROBLEM_TYPE), ("Content-Length", str(len(body)))]
    start_response(f"400 {HTTPStatus(400).phrase}", headers)
    return [body]

"""Serving one stored object over HTTP: whole, a range of it, or that it has not changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

from artifacts.models import Artifact
from artifacts.storage import ObjectMissing, artifact_storage

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Download:
    """One object that somebody may have, and what it should be called."""

    artifact: Artifact
    key: str
    name: str
    size_bytes: int
    sha256: str

    @property
    def safe_name(self) -> str:
        """The name in letters that every header, address and file system takes."""
        return re.sub(r"[^A-Za-z0-9._-]+", "-", self.name).strip("-.") or "download"


def respond(request: HttpRequest, download: Download) -> HttpResponseBase:
    """Answer GET and HEAD with the object, a range of it, or that it has not changed."""
    etag = f'"{download.sha256}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if {"*", etag, f"W/{etag}"} & set(known):
        return _labelled(HttpResponse(status=304), download, etag)
    part = _wanted(request, download.size_bytes, etag)
    if part is None:
        nothing = HttpResponse(status=416)
        nothing["Content-Range"] = f"bytes */{download.size_bytes}"
        return _labelled(nothing, download, etag)
    response = _labelled(_body(request, download, part), download, etag)
    if not response.has_header("X-Accel-Redirect"):
        response["Content-Length"] = str(len(part))
    if len(part) != download.size_bytes:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{download.size_bytes}"
    return response


def _wanted(request: HttpRequest, size_bytes: int, etag: str) -> range | None:
    """The bytes asked for; all of them where nothing usable was said, None if there are none."""
    whole = range(size_bytes)
    match = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method != "GET" or match is None or match.group() == "bytes=-":
        return whole
    if request.headers.get("If-Range", etag) != etag:
        return whole
    first, last = match.groups()
    if not first:
        part = whole[max(0, size_bytes - int(last)) :]
    elif last and int(last) < int(first):
        return whole
    else:
        part = whole[int(first) : int(last) + 1 if last else size_bytes]
    return part or None


def _body(request: HttpRequest, download: Download, part: range) -> HttpResponseBase:
    storage = artifact_storage()
    if storage.stored_size(download.key) != download.size_bytes:
        raise ObjectMissing(key=download.key)
    if request.method == "HEAD":
        return HttpResponse()
    path = storage.path_of(download.key)
    if path is None:
        chunks = storage.stream(download.key, start=part.start, size_bytes=len(part))
        return StreamingHttpResponse(chunks)
    if settings.ACCEL_REDIRECT_PREFIX:
        address = f"{settings.ACCEL_REDIRECT_PREFIX.rstrip('/')}/{download.key}"
        return HttpResponse(headers={"X-Accel-Redirect": address})
    return FileResponse(FilePart(path.open("rb"), part))


def _labelled(response: HttpResponseBase, download: Download, etag: str) -> HttpResponseBase:
    """Whatever the bytes are, a browser saves them and runs nothing in them."""
    name = download.name if download.name.isprintable() else download.safe_name
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Type"] = "application/octet-stream"
    response["Content-Disposition"] = disposition or "attachment"
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache, no-transform"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


class FilePart:
    """A part of an open file. It has a ``fileno``, so a server may send it without reading it."""

    def __init__(self, file: BinaryIO, part: range) -> None:
        file.seek(part.start)
        self.file = file
        self.left = len(part)

    def fileno(self) -> int:
        return self.file.fileno()

    def read(self, size: int = -1) -> bytes:
        size = self.left if size < 0 else min(size, self.left)
        chunk = self.file.read(size)
        self.left -= len(chunk)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(64 * 1024), b"")

    def close(self) -> None:
        self.file.close()

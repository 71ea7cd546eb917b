"""Links to bytes: one object each, for a while, with no other credential."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from django.conf import settings
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, path, reverse
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.audit.actors import after_response
from accounts.limits import budget
from accounts.models import User
from accounts.permissions import public_page
from artifacts import audit_actions
from artifacts.models import Artifact, File, State, Version
from artifacts.storage import ObjectMissing, artifact_storage, blob_key, bundle_key
from common.address import network_of
from common.api import problem_response
from common.errors import RegistryError

SALT = "artifacts.downloads"
BUNDLE, FILE = "bundle", "file"
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class LinkInvalid(RegistryError):
    code = "link_invalid"
    message = "This download link was changed or cut short; ask for a new one."
    status = 403


class LinkExpired(RegistryError):
    code = "link_expired"
    message = "This download link was good until {expired}; ask for a new one."
    status = 403


class LinkGone(RegistryError):
    code = "link_gone"
    message = "What this link led to is not available any more."
    status = 410


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


def of_bundle(version: Version) -> Download:
    state = (version.revision or str(version.number))[:8]
    return Download(
        artifact=version.artifact,
        key=bundle_key(version.manifest_sha256),
        name=f"{version.artifact.name.rsplit('/', 1)[-1]}-{state}.zip",
        size_bytes=version.bundle_size_bytes or 0,
        sha256=version.bundle_sha256,
    )


def of_file(file: File) -> Download:
    return Download(
        artifact=file.version.artifact,
        key=blob_key(file.blob_id),
        name=file.path.rsplit("/", 1)[-1],
        size_bytes=file.blob.size_bytes,
        sha256=file.blob_id,
    )


def bundle_url(version: Version, *, request: HttpRequest | None = None) -> str:
    """An address that serves the bundle of ``version`` for DOWNLOAD_URL_SECONDS.

    With a ``request`` it is absolute, and the link works for its user only as long as
    the account does. A presigned one is recorded now, the others when they are used.
    """
    return _url(of_bundle(version), BUNDLE, version.pk, request)


def file_url(file: File, *, request: HttpRequest | None = None) -> str:
    """The same for one file."""
    return _url(of_file(file), FILE, file.pk, request)


def _url(download: Download, kind: str, pk: int, request: HttpRequest | None) -> str:
    seconds = settings.DOWNLOAD_URL_SECONDS
    actor = _member(request)
    presigned = artifact_storage().link(download.key, filename=download.safe_name, seconds=seconds)
    if presigned:
        after_response(lambda: on_download(download, actor, link="issued"))
        return presigned
    expires = int(time.time()) + seconds
    token = signing.dumps([kind, pk, actor.pk if actor else None, expires], salt=SALT)
    address = f"{_beginning(get_script_prefix())}{token}/{download.safe_name}"
    return request.build_absolute_uri(address) if request is not None else address


@lru_cache(maxsize=8)
def _beginning(prefix: str) -> str:
    """Of all links, below ``prefix``; what follows needs no quoting."""
    return reverse("downloads:serve", args=["token", "name"]).removesuffix("token/name")


def _member(request: HttpRequest | None) -> User | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


@csrf_exempt  # it only reads; what is not GET or HEAD gets a 405 with no form's words
@require_safe
@public_page  # the signature in the link is the credential
def serve(request: HttpRequest, token: str, filename: str) -> HttpResponseBase:
    """The bytes behind a signed link; whether they may still be had is asked of the rows."""
    try:
        download, actor = _redeem(token)
        budget.limit_rate("download", actor.pk if actor else network_of(request))
        if filename != download.safe_name:
            raise LinkInvalid
        response = respond(request, download)
    except RegistryError as exc:
        if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
            raise  # a person gets a page
        refusal = problem_response(status=exc.status, code=exc.code, detail=str(exc))
        for name, value in exc.headers().items():
            refusal[name] = value
        return refusal
    if is_first_look(request, response):
        on_download(download, actor, link="used")
    return response


def _redeem(token: str) -> tuple[Download, User | None]:
    try:
        kind, pk, user_id, expires = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError) as exc:
        raise LinkInvalid from exc
    if time.time() > expires:
        until = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(expires))
        raise LinkExpired(expired=until)
    actor = None
    if user_id is not None:
        actor = User.objects.filter(pk=user_id, is_active=True).first()
        if actor is None:
            raise LinkGone
    return (_bundle(pk) if kind == BUNDLE else _file(pk)), actor


def _bundle(pk: int) -> Download:
    version = Version.objects.light().select_related("artifact").filter(pk=pk).first()
    if version is None or not _is_available(version):
        raise LinkGone
    return of_bundle(version)


def _file(pk: int) -> Download:
    found = File.objects.select_related("blob", "version__artifact").filter(pk=pk)
    file = found.defer("version__facts", "version__notes").first()
    if file is None or not _is_available(file.version):
        raise LinkGone
    return of_file(file)


def _is_available(version: Version) -> bool:
    return version.state == State.READY and not version.artifact.is_quarantined


def on_download(download: Download, actor: User | None, *, link: str) -> None:
    """Record that the bytes were had (or, with S3, that they can be)."""
    audit_actions.record(download.artifact, "DOWNLOAD", actor, file=download.name, link=link)


def is_first_look(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this answer starts a download; later ranges of the same one do not."""
    start = response.headers.get("Content-Range", "bytes 0-")
    return (
        request.method == "GET"
        and response.status_code in {200, 206}
        and start.startswith("bytes 0-")
    )


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
    return FileResponse(Section(path.open("rb"), part))


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


class Section:
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


app_name = "downloads"
urlpatterns: list[Any] = [path("<str:token>/<str:filename>", serve, name="serve")]

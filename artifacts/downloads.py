"""Links to bytes: one object each, for a while, with no other credential."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.audit.actors import after_response
from accounts.limits import budget
from accounts.limits.route_limits import counted_inside
from accounts.models import User
from accounts.permissions import public_page
from artifacts import audit_actions
from artifacts.byte_serving import Download, respond
from artifacts.models import File, State, Version
from artifacts.storage import artifact_storage, blob_key, bundle_key
from common.address import network_of
from common.api import problem_response
from common.errors import RegistryError

SALT = "artifacts.downloads"
BUNDLE, FILE = "bundle", "file"


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
@counted_inside("download", "whose it is, the link says once it is redeemed")
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


app_name = "downloads"
urlpatterns: list[Any] = [path("<str:token>/<str:filename>", serve, name="serve")]

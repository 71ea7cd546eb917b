"""Registering: paste addresses, see what they mean, watch them arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from accounts.limits.route_limits import Limit, limited, unlimited
from accounts.permissions import check_owner, require_role
from artifacts import services
from artifacts.errors import AlreadyRegistered, InvalidName
from artifacts.forms import MAX_ADDRESSES, Recognised, RegisterForm, UploadForm
from artifacts.lookup import find
from artifacts.models import HEAVY_VERSION_FIELDS, Artifact, Version
from artifacts.progress import advice, headline, steps
from artifacts.storage import StorageUnavailable
from artifacts.uploads import receiving
from artifacts.uploads.receiving import UnexpectedFile
from common.api import BodyTooLarge
from common.errors import RegistryError
from common.ids import number_if_any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from artifacts.views import MemberRequest


def _addresses(request: HttpRequest) -> int:
    return len(RegisterForm(request.POST).lines())


def _register_refused(request: MemberRequest, problem: str) -> HttpResponse:
    form = RegisterForm(request.POST)
    form.add_error(None, problem)
    return _page(request, form=form, recognised=form.recognised())


@require_http_methods(["GET", "POST"])
@require_role("uploader")
@limited(Limit("artifact", count=_addresses), refused=_register_refused)
def register(request: MemberRequest) -> HttpResponse:
    """One address leads to its artifact, several to a page that watches all of them."""
    if request.method == "GET":
        form = RegisterForm(initial={"urls": request.GET.get("url", "")})
        return _page(request, form=form)
    form = RegisterForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, recognised=form.recognised(), status=422)
    found: list[Recognised] = form.cleaned_data["urls"]
    artifacts = [_register(one, form.cleaned_data["name"], request.user) for one in found]
    if len(artifacts) > 1:
        ids = "&".join(f"id={artifact.pk}" for artifact in artifacts)
        return redirect(f"{reverse('artifacts:arrivals')}?{ids}")
    if not found[0].is_new:
        messages.info(request, "This was here already.")
    return redirect(artifacts[0])


def _page(request: MemberRequest, *, status: int = 200, **context: object) -> HttpResponse:
    context = {"form": RegisterForm(), "upload": UploadForm(), **context}
    return render(request, "artifacts/register.html", context, status=status)


def _upload_refused(request: MemberRequest, problem: str) -> HttpResponse:
    # of the body nothing was read, and no page can hold a file
    return _page(request, upload=UploadForm(), upload_problem=problem)


@csrf_exempt  # reading the token reads the whole body: _upload asks for it when limits are set
@require_POST
@require_role("uploader")
@limited("artifact", refused=_upload_refused)
def upload(request: MemberRequest) -> HttpResponse:
    """A bundle leads to its artifact like an address does."""
    receiving.expect(request)
    try:
        return _upload(request)
    except (BodyTooLarge, UnexpectedFile, StorageUnavailable) as exc:
        form = UploadForm()
        status = 422 if request.htmx else exc.status
        return _page(request, upload=form, upload_problem=str(exc), status=status)


@csrf_protect
def _upload(request: MemberRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, upload=form, status=422)
    given = form.cleaned_data
    try:
        version = receiving.receive(
            given["file"], type=given["type"], name=given["name"], owner=request.user
        )
    except AlreadyRegistered as exc:
        messages.info(request, "This was here already, file for file.")
        artifact = Artifact.objects.get(pk=exc.details["id"])
    except RegistryError as exc:
        form.add_error("name" if isinstance(exc, InvalidName) else "file", str(exc))
        return _page(request, upload=form, status=422)
    else:
        artifact = version.artifact
    address = artifact.get_absolute_url()
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _register(one: Recognised, name: str, owner: User) -> Artifact:
    """The artifact of one address, whether it is new or somebody was faster."""
    if one.existing is not None:
        return one.existing
    assert one.place is not None  # noqa: S101 - a valid form recognised every line
    try:
        version = services.register(url=one.line, type=one.place.type, name=name, owner=owner)
    except AlreadyRegistered as exc:
        return Artifact.objects.get(pk=exc.details["id"])
    return version.artifact


@require_POST
@require_role("uploader")
@unlimited("it changes nothing and asks nobody outside")
def recognise(request: MemberRequest) -> HttpResponse:
    """What the lines typed so far mean; asks nobody outside."""
    form = RegisterForm(request.POST)
    return render(request, "artifacts/_recognised.html", {"recognised": form.recognised()})


@require_GET
@require_role("searcher")
def arrivals(request: MemberRequest) -> HttpResponse:
    """Several artifacts on their way, in the order they were asked for."""
    ids = numbers(request.GET.getlist("id"))[:MAX_ADDRESSES]
    newest = Version.objects.defer(*HEAVY_VERSION_FIELDS).order_by("-number")
    found = (
        Artifact.objects.visible_to(request.user)
        .filter(pk__in=ids)
        .prefetch_related(Prefetch("versions", newest))
        .in_bulk()
    )
    artifacts = [found[pk] for pk in dict.fromkeys(ids) if pk in found]
    rows = [(artifact, artifact.versions.all()[0]) for artifact in artifacts]
    waiting = sum(version.is_active for _, version in rows)
    context = {
        "rows": [(artifact, version, headline(version)) for artifact, version in rows],
        "waiting": waiting,
        "here": request.get_full_path(),
    }
    template = "artifacts/arrivals.html" + ("#arrivals" if request.htmx else "")
    return render(request, template, context)


def numbers(values: Iterable[str]) -> list[int]:
    """Those of ``values`` that can be the number of a row."""
    return [number for value in values if (number := number_if_any(value))]


@require_GET
@require_role("searcher")
def progress(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """The panel of a version on its way; once it has arrived, the page loads anew."""
    artifact = find(request.user, type, id)
    version = artifact.newest
    if version is None or not version.is_active:
        return HttpResponseClientRefresh() if request.htmx else redirect(artifact)
    context = {"artifact": artifact, **progress_of(version)}
    return render(request, "artifacts/_progress.html", context)


def progress_of(version: Version) -> dict[str, object]:
    """What ``artifacts/_progress.html`` and its neighbours need."""
    return {
        "version": version,
        "steps": steps(version),
        "headline": headline(version),
        "advice": advice(version),
    }


@require_POST
@require_role("uploader")
@limited("artifact")
def refresh(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Ask the source for what it has now; the current version stays until then."""
    artifact = find(request.user, type, id)
    check_owner(request.user, artifact)
    services.refresh(artifact, by=request.user)
    return redirect(artifact)


@require_POST
@require_role("uploader")
@limited("artifact")
def retry(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Try again what did not arrive."""
    artifact = find(request.user, type, id)
    check_owner(request.user, artifact)
    version = artifact.newest
    if version is not None:
        services.retry(version, by=request.user)
    return redirect(artifact)

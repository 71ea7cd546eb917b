"""Changing an artifact: rename, fetch from elsewhere, delete, quarantine, release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Sum
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits.route_limits import OPERATING, OWN_ROW, limited, unlimited
from accounts.permissions import check_owner, require_role
from artifacts import services
from artifacts.errors import NotReady
from artifacts.forms import ConfirmForm, EditForm, ReasonForm
from artifacts.lookup import find
from artifacts.models import Artifact, File, State
from common.errors import RegistryError

if TYPE_CHECKING:
    from django.http import HttpResponse

    from artifacts.views import MemberRequest


def _edit_refused(request: MemberRequest, problem: str, type: str, id: str) -> HttpResponse:
    artifact = find(request.user, type, id)
    check_owner(request.user, artifact)
    form = EditForm(request.POST, artifact=artifact)
    form.add_error(None, problem)
    return _edit_page(request, artifact, form, status=422)


@require_http_methods(["GET", "POST"])
@require_role("uploader")
@limited("artifact", refused=_edit_refused)
def edit(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """A new name, and another source as a new version: both or nothing."""
    artifact = find(request.user, type, id)
    check_owner(request.user, artifact)
    form = EditForm(request.POST or None, artifact=artifact)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        before = artifact.name
        try:
            services.update(artifact, by=request.user, **form.cleaned_data)
        except RegistryError as exc:
            form.add_error(None, str(exc))
            status = exc.status
        else:
            if artifact.name != before:
                messages.success(request, f"Renamed to {artifact.name}.")
            return redirect(artifact)
    return _edit_page(request, artifact, form, status=status)


def _edit_page(
    request: MemberRequest, artifact: Artifact, form: EditForm, *, status: int
) -> HttpResponse:
    context = {"artifact": artifact, "form": form}
    return render(request, "artifacts/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_role("uploader")
@unlimited(OWN_ROW)
def delete(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Names what will be lost and asks for the name before it is."""
    artifact = find(request.user, type, id)
    check_owner(request.user, artifact)
    form = ConfirmForm(request.POST or None, expected=artifact.name)
    if form.is_valid():
        services.delete(artifact)
        messages.success(request, f"{artifact.name} is deleted.")
        return redirect("artifacts:list")
    context = {"artifact": artifact, "form": form, "lost": _lost(artifact)}
    status = 422 if form.is_bound else 200
    return render(request, "artifacts/delete.html", context, status=status)


def _lost(artifact: Artifact) -> dict[str, int]:
    """How many versions, files and bytes go with ``artifact``."""
    files = File.objects.filter(version__artifact=artifact)
    return {
        "versions": artifact.versions.count(),
        "files": files.count(),
        "size_bytes": files.aggregate(total=Sum("blob__size_bytes"))["total"] or 0,
    }


@require_http_methods(["GET", "POST"])
@require_role("admin")
@unlimited(OPERATING)
def quarantine(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Out of lists, search, lineage and downloads at once; nothing is lost."""
    artifact = find(request.user, type, id)
    if artifact.current is None:
        raise NotReady(what=artifact.name, state="not ready")
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.quarantine(artifact.current, reason=form.cleaned_data["reason"])
        messages.success(request, f"{artifact.name} is in quarantine.")
        return redirect(artifact)
    status = 422 if form.is_bound else 200
    context = {"artifact": artifact, "form": form}
    return render(request, "artifacts/quarantine.html", context, status=status)


@require_POST
@require_role("admin")
@unlimited(OPERATING)
def release(request: MemberRequest, type: str, id: str) -> HttpResponse:
    artifact = find(request.user, type, id)
    held = artifact.versions.light().filter(state=State.QUARANTINED).order_by("-number").first()
    if held is not None:
        services.release(held)
        messages.success(request, f"{artifact.name} is back.")
    return redirect(artifact)

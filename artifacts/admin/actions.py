"""What operators do to artifacts and versions from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from artifacts import services
from artifacts.forms import ReasonForm
from common.admin import do_each, page_link

if TYPE_CHECKING:
    from django.contrib import admin
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from artifacts.models import Version


def quarantine_with_reason(
    modeladmin: admin.ModelAdmin[Any], request: HttpRequest, versions: QuerySet[Version]
) -> HttpResponse | None:
    """Ask for the reason first, then quarantine ``versions``."""
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        do_each(
            request,
            versions,
            lambda version: services.quarantine(version, reason=reason),
            done="in quarantine.",
        )
        return None
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": "Quarantine",
        "opts": modeladmin.opts,
        "versions": versions,
        "form": form,
        "selected": request.POST.getlist("_selected_action"),
        "select_across": request.POST.get("select_across", "0"),
    }
    return TemplateResponse(request, "admin/artifacts/quarantine.html", context)


def again(request: HttpRequest, versions: QuerySet[Version]) -> None:
    """Ask for what did not arrive once more, and say where it can be watched."""
    by = cast("User", request.user)
    watch = page_link(reverse("registry:queue"), "Watch the queue")
    do_each(
        request,
        versions,
        lambda version: services.retry(version, by=by),
        done=format_html("asked for again. {}.", watch),
    )

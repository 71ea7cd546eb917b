"""The list: search, filters in the address, pages that cost the same anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.permissions import require_role
from artifacts import listing
from artifacts.forms import DEFAULT_SORT, SORTS, BrowseForm
from artifacts.listing import CountedPage
from artifacts.models import Artifact
from common.htmx import FRAGMENT_HEADERS, wants_fragment

if TYPE_CHECKING:
    from django.http import HttpResponse

    from artifacts.views import MemberRequest


LICENSES_OFFERED = 40


@require_GET
@require_role("searcher")
@vary_on_headers(*FRAGMENT_HEADERS)  # one URL, page or fragment: tell caches
def artifact_list(request: MemberRequest) -> HttpResponse:
    form = BrowseForm(request.GET)
    is_fragment = wants_fragment(request)
    page = _page(request, form)
    address = _address(form)
    context = {
        "form": form,
        "page": page,
        "filters": address,
        "is_filtered": any(name != "sort" for name in address),
        "chosen": len(address.keys() - {"q", "regex"}),
    }
    if not is_fragment:
        context["licenses"] = _licenses(request)
        return render(request, "artifacts/artifact_list.html", context)
    part = "#more" if "after" in request.GET else "#results"
    response = render(request, f"artifacts/artifact_list.html{part}", context)
    if part == "#results":
        # typing replaces the address, choosing adds a step that Back undoes
        header = "HX-Replace-Url" if request.htmx.trigger_name == "q" else "HX-Push-Url"
        response[header] = f"{request.path}?{urlencode(address)}" if address else request.path
    return response


def _page(request: MemberRequest, form: BrowseForm) -> CountedPage:
    """The rows that fit; none where the form cannot be understood."""
    if not form.is_valid():
        return CountedPage([])
    given, artifacts = request.GET.get("after", ""), Artifact.objects.visible_to(request.user)
    artifacts = listing.narrowed(artifacts, **form.wanted)
    if pattern := form.pattern:
        return listing.page_matching(artifacts, pattern, given=given)
    ordering = SORTS[form.cleaned_data["sort"]].ordering
    return listing.page(artifacts, ordering=ordering, given=given)


def _address(form: BrowseForm) -> dict[str, str]:
    """The filters that are set, in the order of the form: the shortest address of this list."""
    given = {name: str(form.data.get(name, "")).strip() for name in form.fields}
    defaults = {"sort": DEFAULT_SORT, "state": "ready"}
    return {name: value for name, value in given.items() if value and value != defaults.get(name)}


def _licenses(request: MemberRequest) -> list[str]:
    counted = (
        Artifact.objects.visible_to(request.user)
        .exclude(license="")
        .order_by()
        .values("license")
        .annotate(count=Count("pk"))
    )
    return [row["license"] for row in counted.order_by("-count")[:LICENSES_OFFERED]]

"""The licence tab: what applies, what it permits, and whether a project may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.limits.route_limits import counted_inside
from accounts.permissions import require_role
from artifacts.lookup import find
from common.errors import RegistryError
from common.htmx import FRAGMENT_HEADERS, wants_fragment
from ratings.licences import judge_chain, permissions
from ratings.licences.chain import chain_of
from ratings.licences.check import COUNTED, check, check_licence

if TYPE_CHECKING:
    from django.http import HttpResponse

    from artifacts.models import Artifact
    from artifacts.views import MemberRequest

DETECTIONS_SHOWN = 20
LONGEST_WISH = 200


@require_GET
@require_role("searcher")
@vary_on_headers(*FRAGMENT_HEADERS)
def licence_detail(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Declared, detected, along the chain; ``?project=MIT`` asks for a licence by its name."""
    artifact = find(request.user, type, id)
    answer: dict[str, Any] = {}
    if _is_read(artifact) and (wish := request.GET.get("project", "").strip()[:LONGEST_WISH]):
        found = check_licence(artifact, licence=wish, user=request.user)
        answer = {"wish": wish, "check": found}
    return _page(request, artifact, answer)


@require_POST
@require_role("searcher")
@vary_on_headers(*FRAGMENT_HEADERS)
@counted_inside("license_check", COUNTED)
def licence_check(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """May a project on GitHub use this model? What stops the answer is said beside the form."""
    artifact = find(request.user, type, id)
    if artifact.type != "model":
        raise Http404
    if not _is_read(artifact):
        return redirect("ratings:licence", artifact.type, artifact.pk)
    url = request.POST.get("github_url", "").strip()
    try:
        found = check(artifact, github_url=url, user=request.user)
    except RegistryError as exc:
        return _page(request, artifact, {"github_url": url, "problem": str(exc)}, status=422)
    return _page(request, artifact, {"github_url": url, "check": found})


def _is_read(artifact: Artifact) -> bool:
    version = artifact.current or artifact.newest
    return version is not None and bool(version.revision)


def _page(
    request: MemberRequest, artifact: Artifact, answer: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    template = "ratings/licence_detail.html"
    context: dict[str, Any] = {"artifact": artifact, "tab": "licence", **answer}
    if wants_fragment(request):
        return render(request, f"{template}#answer", context, status=status)
    version = artifact.current or artifact.newest
    if version is not None and version.revision:
        chain = chain_of(artifact, request.user)
        context |= {
            "findings": chain.licence,
            "detections": chain.licence.detections[:DETECTIONS_SHOWN],
            "permissions": permissions(chain.licence.expression),
            "revision": version.revision,
            "chain": judge_chain(chain.licence, chain.parents),
            "chain_note": chain.note,
        }
    return render(request, template, context, status=status)

"""The pages about lineage and cost; all of them work without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.limits.route_limits import OWN_ROW, unlimited
from accounts.permissions import check_owner, is_owner_or_admin, require_role
from artifacts.lookup import find
from common.ids import row_with_id
from lineage import cost, cost_in_words, services
from lineage.forms import LinkForm
from lineage.layout import draw
from lineage.models import Link
from lineage.table import rows_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

FIRST_NODES, MOST_NODES = 150, 600
DIRECTIONS = {"both": "Both", "ancestors": "Made from", "descendants": "Made into"}


@require_GET
@require_role("searcher")
def lineage_detail(request: HttpRequest, type: str, id: str) -> HttpResponse:
    """The graph as a picture and as a table; ``?nodes=`` and ``?direction=`` choose how much."""
    return _page(request, type, id, LinkForm())


@require_GET
@require_role("searcher")
def panel(request: HttpRequest, type: str, id: str) -> HttpResponse:
    """The parents and children next to an artifact, for a place on another page."""
    artifact = find(request.user, type, id)
    graph = services.graph(artifact, depth=1, visible_to=request.user, nodes=FIRST_NODES)
    parents = [node for node in graph.nodes if node.distance < 0]
    children = [node for node in graph.nodes if node.distance > 0]
    context = {"artifact": artifact, "parents": parents, "children": children}
    return render(request, "lineage/_panel.html", context)


@require_POST
@require_role("uploader")
@unlimited(OWN_ROW)
def add(request: HttpRequest, type: str, id: str) -> HttpResponse:
    """Add a link by hand; a form with something wrong comes back with the reason."""
    artifact = find(request.user, type, id)
    check_owner(_person(request), artifact)
    form = LinkForm(request.POST)
    if not form.is_valid() or not form.add_to(artifact, by=_person(request)):
        return _page(request, type, id, form, status=422)
    messages.success(request, "The link was added.")
    return redirect("lineage:detail", artifact.type, artifact.pk)


@require_POST
@require_role("uploader")
@unlimited(OWN_ROW)
def remove(request: HttpRequest, type: str, id: str, link_id: str) -> HttpResponse:
    """Take back a link that was added by hand."""
    artifact = find(request.user, type, id)
    check_owner(_person(request), artifact)
    visible = Link.objects.visible_to(request.user).filter(child=artifact)
    link = row_with_id(visible, link_id, what="This link")
    services.remove_link(link, by=_person(request))
    messages.success(request, "The link was removed.")
    return redirect("lineage:detail", artifact.type, artifact.pk)


@require_GET
@require_role("searcher")
def cost_detail(request: HttpRequest, type: str, id: str) -> HttpResponse:
    """What it takes to have the artifact, alone and with all it was made from."""
    artifact = find(request.user, type, id)
    context = {"artifact": artifact, "tab": "cost"}
    if artifact.current_id is not None:
        found = cost.cost_of(artifact, user=request.user)
        context |= {
            "cost": found,
            "unknown": found.unknown(found.root),
            "entries": found.entries[:MOST_NODES],
            "times": cost_in_words.times(found),
            "storage": cost_in_words.storage(found),
            "memory": cost_in_words.memory(artifact),
        }
    return render(request, "lineage/cost_detail.html", context)


def _person(request: HttpRequest) -> User:
    """Whoever asks; the rules of these views let nobody in who has not signed in."""
    return cast("User", request.user)


def _page(
    request: HttpRequest, type: str, id: str, form: LinkForm, *, status: int = 200
) -> HttpResponse:
    artifact = find(request.user, type, id)
    limit = _limit(request.GET.get("nodes", ""))
    direction = request.GET.get("direction", "both")
    if direction not in DIRECTIONS:
        raise Http404
    graph = services.graph(artifact, visible_to=request.user, direction=direction, nodes=limit)
    may_change = is_owner_or_admin(request.user, artifact)
    by_hand = Link.objects.visible_to(request.user).filter(child=artifact, version=None)
    context = {
        "artifact": artifact,
        "tab": "lineage",
        "graph": graph,
        "picture": draw(graph) if graph.edges else None,
        "rows": rows_of(graph),
        "directions": DIRECTIONS,
        "direction": direction,
        "more": min(limit * 2, MOST_NODES) if not graph.is_complete and limit < MOST_NODES else 0,
        "may_change": may_change,
        "by_hand": by_hand if may_change else [],
        "form": form,
    }
    return render(request, "lineage/lineage_detail.html", context, status=status)


def _limit(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 6):
        return FIRST_NODES
    return min(max(int(given), 1), MOST_NODES)

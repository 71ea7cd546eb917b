"""The overview: what is here, what is arriving, what was refused, and whether all is well."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, IntegerField, Q, Sum
from django.db.models.functions import Cast, Floor, TruncDate
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET

from accounts.permissions import require_role
from artifacts.listing import STATES, in_state
from artifacts.models import Artifact, ArtifactType
from artifacts.progress import headline
from registry.operations import health
from registry.operations.charts import bars
from registry.operations.queue import ON_THEIR_WAY, REFUSED, versions_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User
    from artifacts.models import ArtifactQuerySet
    from artifacts.views import MemberRequest

GROWTH_DAYS = 30
SHOWN = 8


@require_GET
@require_role("searcher")
def dashboard(request: MemberRequest) -> HttpResponse:
    artifacts = Artifact.objects.visible_to(request.user)
    kinds = _kinds(artifacts)
    rated = sum(kind["rated"] for kind in kinds)
    context = {
        "kinds": kinds,
        "size_bytes": sum(kind["size_bytes"] for kind in kinds),
        "score": sum(kind["scores"] for kind in kinds) / rated if rated else None,
        "unrated": sum(kind["ready"] for kind in kinds) - rated,
        "growth": _growth(artifacts),
        "scores": _scores(artifacts),
        "states": _states(artifacts),
        "refused": versions_in(request.user, REFUSED)[:SHOWN],
        "newest": artifacts.ready().for_listing().order_by("-published", "-pk")[:SHOWN],
        **_arriving(request.user),
    }
    return render(request, "registry/dashboard.html", context)


@require_GET
@require_role("searcher")
def arriving(request: MemberRequest) -> HttpResponse:
    """The live part of the overview."""
    return render(request, "registry/_arriving.html", _arriving(request.user))


@require_GET
@require_role("searcher")
def health_status(request: MemberRequest) -> HttpResponse:
    """What the probes found; in one line where only a fragment is wanted."""
    components = health.components()
    troubled = [component for component in components if component.status != health.OK]
    context = {"components": components, "troubled": troubled}
    template = "registry/_health.html" if request.htmx else "registry/health.html"
    return render(request, template, context)


def _kinds(artifacts: ArtifactQuerySet) -> list[dict[str, Any]]:
    """Per type, in one query: how many are ready and rated, how large, and how many are not."""
    is_ready = Q(current__isnull=False)
    counted = {
        row["type"]: row
        for row in artifacts.order_by()
        .values("type")
        .annotate(
            count=Count("pk"),
            ready=Count("pk", filter=is_ready),
            rated=Count("net_score", filter=is_ready),
            scores=Sum("net_score", filter=is_ready, default=0.0),
            size_bytes=Sum("size_bytes", filter=is_ready, default=0),
        )
    }
    nothing = {"count": 0, "ready": 0, "rated": 0, "scores": 0.0, "size_bytes": 0}
    kinds = []
    for kind in ArtifactType:
        row = counted.get(kind.value, nothing)
        others = row["count"] - row["ready"]
        kinds.append({**row, "type": kind.value, "label": kind.label, "others": others})
    return kinds


def _states(artifacts: ArtifactQuerySet) -> list[dict[str, Any]]:
    """How many are in each state but ready; those with none are left out."""
    counted = [
        {"state": state, "label": label, "count": in_state(artifacts, state).count()}
        for state, label in STATES.items()
        if state != "ready"
    ]
    return [row for row in counted if row["count"]]


def _growth(artifacts: ArtifactQuerySet) -> dict[str, Any]:
    """Arrivals per day of the last month."""
    today = localdate()
    first = today - timedelta(days=GROWTH_DAYS - 1)
    counted = dict(
        artifacts.filter(published__gte=now() - timedelta(days=GROWTH_DAYS))
        .order_by()
        .annotate(day=TruncDate("published"))
        .values_list("day")
        .annotate(Count("pk"))
    )
    days = [first + timedelta(days=index) for index in range(GROWTH_DAYS)]
    values = [(f"{day:%-d %b}", counted.get(day, 0)) for day in days]
    return {"bars": bars(values), "total": sum(count for _, count in values)}


def _scores(artifacts: ArtifactQuerySet) -> dict[str, Any]:
    """How many net scores lie in each tenth."""
    tenth = Cast(Floor(F("net_score") * 10), IntegerField())
    counted = dict(
        artifacts.ready()
        .exclude(net_score=None)
        .order_by()
        .annotate(tenth=tenth)
        .values_list("tenth")
        .annotate(Count("pk"))
    )
    counted[9] = counted.get(9, 0) + counted.pop(10, 0)  # a score of 1 belongs to the last tenth
    values = [(f"{tenth / 10:.1f}", counted.get(tenth, 0)) for tenth in range(10)]
    return {"bars": bars(values), "total": sum(count for _, count in values)}


def _arriving(user: User) -> dict[str, Any]:
    active = versions_in(user, ON_THEIR_WAY)
    rows = [(version, headline(version)) for version in active[:SHOWN]]
    count = active.count() if len(rows) == SHOWN else len(rows)
    return {"arriving": rows, "arriving_count": count}

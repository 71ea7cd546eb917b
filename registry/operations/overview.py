"""The overview: what is here, what is arriving, what was refused, and whether all is well."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Sum
from django.db.models.functions import Cast, Floor, TruncDate
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET, require_POST
from django_q.brokers import get_broker

from accounts.permissions import require_role
from artifacts import services
from artifacts.listing import STATES, in_state
from artifacts.models import Artifact, ArtifactType, State, Version
from artifacts.progress import headline
from artifacts.views.registering import numbers
from common.errors import RegistryError
from registry.operations import health
from registry.operations.charts import bars

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from accounts.models import User
    from artifacts.models import ArtifactQuerySet
    from artifacts.views import MemberRequest

GROWTH_DAYS = 30
SHOWN = 8
LISTED = 200


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
        "refused": _visible(request.user, [State.FAILED, State.REJECTED])[:SHOWN],
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


@require_GET
@require_role("admin")
def queue(request: MemberRequest) -> HttpResponse:
    """What is waiting, what is being worked on, and what did not arrive."""
    context = {
        "waiting_tasks": get_broker().queue_size(),
        "active": [
            (version, headline(version))
            for version in _visible(request.user, [State.PENDING, State.FETCHING, State.RATING])
        ][:LISTED],
        "refused": _stuck()[:LISTED],
    }
    return render(request, "registry/queue.html", context)


@require_POST
@require_role("admin")
def retry(request: MemberRequest) -> HttpResponse:
    """Try the chosen artifacts again; what cannot be tried again says why."""
    chosen = numbers(request.POST.getlist("version"))
    count = 0
    for version in _stuck().filter(pk__in=chosen):
        try:
            services.retry(version, by=request.user)
        except RegistryError as exc:
            messages.error(request, f"{version.artifact.name}: {exc}")
        else:
            count += 1
    messages.success(request, f"{count} asked for again." if count else "Nothing was chosen.")
    return redirect("registry:queue")


def _stuck() -> Any:
    """The newest versions of artifacts that failed or were rejected."""
    newer = Version.objects.filter(artifact=OuterRef("artifact"), number__gt=OuterRef("number"))
    return (
        Version.objects.light()
        .filter(~Exists(newer), state__in=[State.FAILED, State.REJECTED])
        .select_related("artifact", "requested_by")
        .order_by("-pk")
    )


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


def _visible(user: User, states: Iterable[str]) -> Any:
    return (
        Version.objects.light()
        .filter(state__in=list(states), artifact__in=Artifact.objects.visible_to(user))
        .select_related("artifact", "requested_by")
        .order_by("-pk")
    )


def _arriving(user: User) -> dict[str, Any]:
    active = _visible(user, [State.PENDING, State.FETCHING, State.RATING])
    rows = [(version, headline(version)) for version in active[:SHOWN]]
    count = active.count() if len(rows) == SHOWN else len(rows)
    return {"arriving": rows, "arriving_count": count}

"""The queue: what waits, what is being worked on, what did not arrive, and trying that again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_q.brokers import get_broker

from accounts.limits.route_limits import OPERATING, unlimited
from accounts.permissions import require_role
from artifacts import services
from artifacts.models import Artifact, State, Version
from artifacts.progress import headline
from artifacts.views.registering import numbers
from common.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from accounts.models import User
    from artifacts.views import MemberRequest

LISTED = 200
ON_THEIR_WAY = (State.PENDING, State.FETCHING, State.RATING)
REFUSED = (State.FAILED, State.REJECTED)


@require_GET
@require_role("admin")
def queue(request: MemberRequest) -> HttpResponse:
    """What is waiting, what is being worked on, and what did not arrive."""
    context = {
        "waiting_tasks": get_broker().queue_size(),
        "active": [
            (version, headline(version))
            for version in versions_in(request.user, ON_THEIR_WAY)[:LISTED]
        ],
        "refused": _stuck()[:LISTED],
    }
    return render(request, "registry/queue.html", context)


@require_POST
@require_role("admin")
@unlimited(OPERATING)
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
        .filter(~Exists(newer), state__in=REFUSED)
        .select_related("artifact", "requested_by")
        .order_by("-pk")
    )


def versions_in(user: User, states: Iterable[str]) -> Any:
    """The versions in one of ``states`` that ``user`` may see, newest first."""
    return (
        Version.objects.light()
        .filter(state__in=list(states), artifact__in=Artifact.objects.visible_to(user))
        .select_related("artifact", "requested_by")
        .order_by("-pk")
    )

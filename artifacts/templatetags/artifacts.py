"""What pages of every app say about an artifact in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from accounts.permissions import is_owner_or_admin
from artifacts import sources
from artifacts.models import State

if TYPE_CHECKING:
    from artifacts.models import Artifact

register = template.Library()

METER_WIDTH = 96

register.filter("is_outside", sources.is_outside)
register.filter("revision_page", sources.revision_page)
register.simple_tag(sources.file_page)


@register.inclusion_tag("components/_meter.html")
def meter(score: float | None, coverage: float | None) -> dict[str, Any]:
    """A score as a bar: solid is earned, empty is lost, hatched is unknown."""
    known = METER_WIDTH * (coverage or 0.0)
    earned = known * (score or 0.0)
    return {
        "score": score,
        "coverage": coverage,
        "width": METER_WIDTH,
        "earned": f"{earned:.1f}",
        "known": f"{known:.1f}",
        "unknown": f"{METER_WIDTH - known:.1f}",
    }


@register.inclusion_tag("artifacts/_artifact_head.html", takes_context=True)
def artifact_head(context: template.Context, artifact: Artifact, tab: str) -> dict[str, Any]:
    """The name, the state and the tabs above every page about ``artifact``."""
    request = context["request"]
    newest = artifact.newest
    if artifact.is_quarantined:
        state = State.QUARANTINED
    elif artifact.current_id is not None or newest is None:
        state = State.READY
    else:
        state = State(newest.state)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "artifact": artifact,
        "tab": tab,
        "state": state,
        "is_arriving": newest is not None and newest.is_active,
        "is_retryable": newest is not None and newest.state in {State.FAILED, State.REJECTED},
        "version": artifact.current or newest,
        "may_change": is_owner_or_admin(request.user, artifact),
        "user": request.user,
    }

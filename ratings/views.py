"""The rating of one artifact: the chart, the reasons, the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.limits.route_limits import OPERATING, unlimited
from accounts.permissions import require_role
from artifacts.lookup import find
from common.ids import row_with_id
from ratings import services
from ratings.chart import chart
from ratings.forms import RuleForm
from ratings.metrics import METRICS, WEIGHTS
from ratings.models import PolicyRule, Rating
from ratings.rating_rows import answers_of, question, weights_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from artifacts.models import Artifact

HISTORY = 10
RULE = "This rule"


@require_GET
@require_role("searcher")
def rating_detail(request: HttpRequest, type: str, id: str) -> HttpResponse:
    """Every question with its answer; ``?rating=`` shows an older one."""
    artifact = find(request.user, type, id)
    rating = _rating(artifact, request.GET.get("rating", ""))
    context: dict[str, Any] = {"artifact": artifact, "tab": "rating", "rating": rating}
    if rating is not None:
        context |= _shown(rating)
        others = Rating.objects.light().filter(version__artifact=artifact).select_related("version")
        context["history"] = others.defer("measurements", "version__facts", "version__notes")[
            :HISTORY
        ]
    return render(request, "ratings/rating_detail.html", context)


@require_GET
@require_role("searcher")
def panel(request: HttpRequest, type: str, id: str) -> HttpResponse:
    """The chart and the figures, for the overview of the artifact."""
    artifact = find(request.user, type, id)
    rating = services.current_rating(artifact)
    context: dict[str, Any] = {"artifact": artifact, "rating": rating}
    if rating is not None:
        context |= _shown(rating)
    return render(request, "ratings/_panel.html", context)


def _rating(artifact: Artifact, number: str) -> Rating | None:
    if not number:
        return services.current_rating(artifact) or services.newest_rating(artifact)
    rows = Rating.objects.filter(version__artifact=artifact).select_related("version")
    return row_with_id(rows.defer("version__facts", "version__notes"), number, what="This rating")


def _shown(rating: Rating) -> dict[str, Any]:
    answers = list(answers_of(rating))
    scores = {answer.name: answer.score for answer in answers}
    return {
        "answers": answers,
        "chart": chart(scores, weights_of(rating)),
        "known": sum(answer.score is not None for answer in answers),
    }


@require_GET
@require_role("searcher")
def policy(request: HttpRequest) -> HttpResponse:
    """What is asked of every artifact, and what must hold before it is published."""
    total = sum(WEIGHTS.values()) or 1.0
    questions = [
        {
            "name": name,
            "question": question(name),
            "weight": WEIGHTS.get(name, 0.0) / total,
            "applies_to": sorted(metric.applies_to),
        }
        for name, metric in METRICS.items()
    ]
    context = {"rules": PolicyRule.objects.all(), "questions": questions}
    return render(request, "ratings/policy.html", context)


@require_http_methods(["GET", "POST"])
@require_role("admin")
@unlimited(OPERATING)
def rule(request: HttpRequest, number: str = "") -> HttpResponse:
    """A new rule, or a change of one; what is published already stays published."""
    instance = row_with_id(PolicyRule.objects.all(), number, what=RULE) if number else None
    form = RuleForm(request.POST or None, instance=instance)
    if form.is_valid():
        form.save()
        messages.success(request, "The gate follows this rule from now on.")
        return redirect("ratings:policy")
    context = {"form": form, "rule": instance}
    return render(request, "ratings/rule.html", context, status=422 if form.is_bound else 200)


@require_POST
@require_role("admin")
@unlimited(OPERATING)
def delete_rule(request: HttpRequest, number: str) -> HttpResponse:
    row_with_id(PolicyRule.objects.all(), number, what=RULE).delete()
    messages.success(request, "The rule is deleted.")
    return redirect("ratings:policy")

"""Ratings for operators, and the rules of the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from artifacts.admin.artifacts import ArtifactAdmin
from artifacts.admin.version_links import VersionLinks
from artifacts.admin.versions import VersionAdmin
from artifacts.models import Artifact, Version
from artifacts.templatetags.words import in_words, percent, score
from common.admin import Quick, ReadOnly, do_each, page_link
from ratings.forms import RuleForm
from ratings.jobs import request_rating
from ratings.models import PolicyRule, Rating

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


@admin.action(description="Rate again from the stored facts", permissions=["view"])
def rate_versions(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Version]) -> None:
    watch = page_link(reverse("admin:ratings_rating_changelist"), "The newest ratings")
    done = format_html("will be rated again. {}.", watch)
    do_each(request, queryset, request_rating, done=done)


@admin.action(description="Rate again from the stored facts", permissions=["view"])
def rate_artifacts(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Artifact]) -> None:
    ids = list(queryset.values_list("current", flat=True))
    current = Version.objects.light().select_related("artifact").filter(pk__in=ids)
    rate_versions(modeladmin, request, current)


# artifacts cannot import ratings, so what ratings can do to them is added from here
VersionAdmin.actions.append(rate_versions)
ArtifactAdmin.actions.append(rate_artifacts)


class PassedFilter(admin.SimpleListFilter):
    """What the gate said at the time."""

    title = "passed the gate"
    parameter_name = "passed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(verdict__passed=self.value() == "yes")


@admin.register(Rating)
class RatingAdmin(VersionLinks, ReadOnly):
    list_display = ("score", "artifact_link", "version_link", "coverage_share", "passed", "created")
    list_filter = (PassedFilter, "catalogue_version", "created")
    search_fields = ("version__artifact__name",)
    ordering = ("-pk",)
    fields = (
        "score",
        "coverage_share",
        "artifact_link",
        "version_link",
        "page",
        "catalogue_version",
        "passed",
        "answers",
        "created",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rating]:
        rows = super().get_queryset(request).select_related("version__artifact")
        return rows.defer("measurements", "version__facts", "version__notes")

    @admin.display(description="Net score", ordering="net_score")
    def score(self, rating: Rating) -> str:
        return score(rating.net_score)

    @admin.display(description="Known", ordering="coverage")
    def coverage_share(self, rating: Rating) -> str:
        return percent(rating.coverage)

    @admin.display(description="Passed the gate", boolean=True)
    def passed(self, rating: Rating) -> bool | None:
        return rating.verdict.get("passed")

    @admin.display(description="On the site")
    def page(self, rating: Rating) -> SafeString:
        address = f"{rating.version.artifact.get_absolute_url()}rating/?rating={rating.pk}"
        return page_link(address, "With the evidence")

    @admin.display(description="Answers")
    def answers(self, rating: Rating) -> SafeString:
        rows = [
            (in_words(name), score(measurement.score), measurement.reason)
            for name, (measurement, _) in rating.answers.items()
        ]
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li><strong>{}</strong> {}: {}</li>", rows)
        )


@admin.register(PolicyRule)
class PolicyRuleAdmin(Quick):
    """The same rules as on the page about the policy."""

    form = RuleForm
    list_display = ("metric", "applies_to", "minimum", "is_enforced", "is_unknown_accepted")
    list_filter = ("applies_to", "is_enforced")
    search_fields = ("metric",)

"""Artifacts for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html

from artifacts import services
from artifacts.admin.actions import again, quarantine_with_reason
from artifacts.listing import STATES, in_state
from artifacts.models import Artifact, State, Version
from artifacts.templatetags.words import percent, score, size
from common.admin import Quick, do_each, page_link, row_link, rows_link
from common.errors import RegistryError

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from accounts.models import User


class StateFilter(admin.SimpleListFilter):
    """The states people ask for, in the words of the list on the site."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = self.value()
        return in_state(queryset, state) if state in STATES else queryset


class ArtifactForm(forms.ModelForm):
    """The two things that are no facts: what it is called, and who may change it."""

    def clean_name(self) -> str:
        try:
            return services.clean_name(self.cleaned_data["name"])
        except RegistryError as exc:
            raise ValidationError(str(exc)) from exc


@admin.register(Artifact)
class ArtifactAdmin(Quick):
    form = ArtifactForm
    list_display = (
        "name",
        "type",
        "state",
        "license",
        "rated",
        "size",
        "owner_link",
        "created",
        "page",
    )
    list_filter = (StateFilter, "type", "created")
    list_select_related = ("owner",)
    search_fields = ("name", "source_key", "=owner__username")
    search_hint = "A name, part of the address of the source, or exactly who registered it"
    ordering = ("-pk",)
    autocomplete_fields = ("owner",)
    readonly_fields = (
        "type",
        "page",
        "source_url",
        "origin_link",
        "created",
        "state",
        "versions_link",
        "current_link",
        "license",
        "rated",
        "size",
        "published",
        "deletion",
    )
    fields = ("name", "owner", *readonly_fields)
    actions: Any = ["try_again", "refresh", "quarantine", "release"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Artifact]:
        newest = Version.objects.filter(artifact=OuterRef("pk")).order_by("-number")
        return (
            super()
            .get_queryset(request)
            .annotate(
                newest_id=Subquery(newest.values("pk")[:1]),
                newest_state=Subquery(newest.values("state")[:1]),
            )
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # registering is done on the site, where it is recognised and watched

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the page on the site names what would be lost

    def save_model(self, request: HttpRequest, obj: Artifact, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        kept = Artifact.objects.get(pk=obj.pk)
        services.rename(kept, name=obj.name)
        if "owner" in form.changed_data:
            kept.owner = obj.owner
            kept.save(update_fields=["owner"])

    @admin.display(ordering="newest_state")
    def state(self, artifact: Artifact) -> str:
        if artifact.is_quarantined:
            return State.QUARANTINED.label
        if artifact.current_id is not None:
            return State.READY.label
        return str(State(artifact.newest_state).label)  # type: ignore[attr-defined]

    @admin.display(description="Net score", ordering="net_score")
    def rated(self, artifact: Artifact) -> str:
        if artifact.coverage is None:
            return "not rated"
        return f"{score(artifact.net_score)}, {percent(artifact.coverage)} known"

    @admin.display(ordering="size_bytes")
    def size(self, artifact: Artifact) -> str:
        return size(artifact.size_bytes)

    @admin.display(description="Registered by", ordering="owner__username", empty_value="nobody")
    def owner_link(self, artifact: Artifact) -> SafeString | None:
        owner = artifact.owner
        return row_link(type(owner), owner.pk, owner.username) if owner else None

    @admin.display(description="On the site")
    def page(self, artifact: Artifact) -> SafeString:
        return page_link(artifact.get_absolute_url())

    @admin.display(description="Named by", empty_value="nothing")
    def origin_link(self, artifact: Artifact) -> SafeString | None:
        origin = artifact.origin
        return row_link(Artifact, origin.pk, origin.name) if origin else None

    @admin.display(description="Versions")
    def versions_link(self, artifact: Artifact) -> SafeString:
        count = artifact.versions.count()
        return rows_link(Version, f"{count} in the list", artifact__id__exact=artifact.pk)

    @admin.display(description="Current version", empty_value="none")
    def current_link(self, artifact: Artifact) -> SafeString | None:
        if artifact.current_id is None:
            return None
        number = artifact.versions.values_list("number", flat=True).get(pk=artifact.current_id)
        return row_link(Version, artifact.current_id, number)

    @admin.display(description="Delete")
    def deletion(self, artifact: Artifact) -> SafeString:
        address = reverse("artifacts:delete", args=[artifact.type, artifact.pk])
        return page_link(address, "See what would be lost")

    def _newest(self, artifacts: QuerySet[Artifact]) -> QuerySet[Version]:
        ids = [artifact.newest_id for artifact in artifacts]  # type: ignore[attr-defined]
        return Version.objects.light().select_related("artifact").filter(pk__in=ids)

    @admin.action(description="Try again what did not arrive")
    def try_again(self, request: HttpRequest, queryset: QuerySet[Artifact]) -> None:
        again(request, self._newest(queryset))

    @admin.action(description="Refresh: fetch what the source has now")
    def refresh(self, request: HttpRequest, queryset: QuerySet[Artifact]) -> None:
        by = cast("User", request.user)
        watch = page_link(reverse("registry:queue"), "Watch the queue")
        done = format_html("asked for. {}.", watch)
        do_each(request, queryset, lambda each: services.refresh(each, by=by), done=done)

    @admin.action(description="Quarantine: out of lists, search and downloads…")
    def quarantine(self, request: HttpRequest, queryset: QuerySet[Artifact]) -> HttpResponse | None:
        ids = list(queryset.values_list("current", flat=True))
        versions = Version.objects.light().select_related("artifact").filter(pk__in=ids)
        return quarantine_with_reason(self, request, versions)

    @admin.action(description="Release from quarantine")
    def release(self, request: HttpRequest, queryset: QuerySet[Artifact]) -> None:
        held = Version.objects.light().select_related("artifact").order_by("-number")
        found = held.filter(artifact__in=list(queryset), state=State.QUARANTINED)
        do_each(request, found, services.release, done="released.")

"""Links for operators: what files state is read-only, what a person added can be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from artifacts.models import Artifact
from common.admin import Quick, page_link, row_link
from lineage import services
from lineage.models import Link

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from accounts.models import User


@admin.register(Link)
class LinkAdmin(Quick):
    list_display = [
        "pk",
        "child_name",
        "relationship",
        "parent_name",
        "is_here",
        "status",
        "seen_in",
        "created",
    ]
    list_filter = [
        "relationship",
        "status",
        "seen_in",
        ("parent", admin.EmptyFieldListFilter),
    ]
    search_fields = ["parent_name", "child__name", "=parent_url"]
    search_hint = "Names of parents and children, or the exact address of a parent"
    ordering = ["-pk"]
    readonly_fields = [
        "child_link",
        "relationship",
        "parent_link",
        "parent_type",
        "parent_name",
        "parent_url",
        "seen_in",
        "path",
        "line",
        "status",
        "reason",
        "created",
        "created_by",
    ]
    fields = tuple(readonly_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Link]:
        return super().get_queryset(request).select_related("child", "parent", "created_by")

    @admin.display(description="Child", ordering="child__name")
    def child_name(self, link: Link) -> SafeString:
        return row_link(Artifact, link.child_id, link.child.name)

    @admin.display(description="Registered", boolean=True)
    def is_here(self, link: Link) -> bool:
        return not link.is_outside

    @admin.display(description="Child")
    def child_link(self, link: Link) -> SafeString:
        return _on_site(link.child)

    @admin.display(description="Parent here", empty_value="not registered")
    def parent_link(self, link: Link) -> SafeString | None:
        return _on_site(link.parent) if link.parent else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Link | None = None) -> bool:
        by_hand = obj is None or obj.version_id is None
        return by_hand and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion in bulk: it would not ask who stated each link."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_model(self, request: HttpRequest, obj: Link) -> None:
        services.remove_link(obj, by=cast("User", request.user))


def _on_site(artifact: Artifact) -> SafeString:
    url = reverse("lineage:detail", args=[artifact.type, artifact.pk])
    return page_link(url, artifact.name)

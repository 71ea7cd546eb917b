"""Accounts, tokens and sessions for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin  # noqa: F401 - registered before it is undone
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.shortcuts import redirect

from accounts import services, tokens
from accounts.errors import LastAdmin, RoleTooLow
from accounts.models import Role, Session, Token, User
from common.admin import Quick, ReadOnly, do_each, row_link, rows_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

RIGHTS = ("role", "is_active")


def _sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The one sign-in page, with its limits; nobody loops who is signed in but no admin."""
    if request.user.is_authenticated:
        raise RoleTooLow(needed=Role.ADMIN.value, actual=request.user.effective_role.value)
    return redirect_to_login(request.GET.get("next") or request.get_full_path())


def _change_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The one page for it, which also ends the other sessions."""
    return redirect("accounts:me")


admin.site.site_header = "Model Registry"
admin.site.site_title = "Model Registry"
admin.site.index_title = "Rows and what can be done to them"
admin.site.unregister(Group)  # the role is the only thing that grants anything
admin.site.login = _sign_in  # type: ignore[method-assign, assignment]
admin.site.password_change = _change_password  # type: ignore[method-assign, assignment]


def _role_action(role: Role) -> Callable[..., None]:
    def action(modeladmin: UserAdmin, request: HttpRequest, queryset: QuerySet[User]) -> None:
        done = f"made {role.label.lower()}."
        do_each(request, queryset, lambda user: services.change_role(user, role=role), done=done)

    action.__name__ = f"make_{role.value}"
    return admin.action(description=f"Give the role {role.label.lower()}", permissions=["change"])(
        action
    )


def _is_last_admin(user: User) -> bool:
    return [*User.objects.admins().values_list("pk", flat=True)[:2]] == [user.pk]


class UserForm(forms.ModelForm):
    """What somebody may do; the last admin stays one."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        stays = cleaned.get("role") == Role.ADMIN and cleaned.get("is_active")
        if not stays and _is_last_admin(self.instance):
            raise ValidationError(str(LastAdmin(username=self.instance.username)))
        return cleaned


@admin.register(User)
class UserAdmin(Quick):
    form = UserForm
    list_display = ("username", "role", "is_active", "last_login", "created", "artifact_count")
    list_filter = ("role", "is_active", "created")
    search_fields = ("username",)
    readonly_fields = ("username", "created", "last_login", "artifact_count", "token_list")
    fields = ("username", *RIGHTS, *readonly_fields[1:])
    actions = (*map(_role_action, Role), "disable", "enable")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).annotate(artifact_total=Count("artifacts"))

    @admin.display(description="Artifacts", ordering="artifact_total")
    def artifact_count(self, user: User) -> SafeString:
        artifacts = User._meta.get_field("artifacts").related_model  # noqa: SLF001 - documented
        return rows_link(artifacts, user.artifact_total, owner__id__exact=user.pk)  # type: ignore[arg-type, attr-defined]

    @admin.display(description="Tokens")
    def token_list(self, user: User) -> SafeString:
        return rows_link(Token, f"{user.tokens.count()} in the list", owner__id__exact=user.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people register themselves, so that nobody else knows their password

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        wanted = {name: getattr(obj, name) for name in RIGHTS}
        obj.refresh_from_db(fields=RIGHTS)
        services.change(obj, **wanted)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return obj is None or not _is_last_admin(obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion in bulk: disabling is what several at once may need."""
        return {k: v for k, v in super().get_actions(request).items() if k != "delete_selected"}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Sessions and tokens go with their owner; that they are read-only does not matter."""
        rows, counts, _, protected = super().get_deleted_objects(objs, request)
        return rows, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        services.delete_user(obj)

    @admin.action(description="Disable: refuse from the next request on", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        do_each(request, queryset, services.disable, done="disabled.")

    @admin.action(description="Enable", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        do_each(request, queryset, services.enable, done="enabled.")


@admin.register(Token)
class TokenAdmin(ReadOnly):
    list_display = (
        "name",
        "owner_link",
        "role",
        "prefix",
        "created",
        "expires",
        "last_used",
        "revoked",
    )
    list_filter = ("role", ("revoked", admin.EmptyFieldListFilter), "expires")
    search_fields = ("name", "owner__username", "^prefix")
    list_select_related = ("owner",)
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke: refuse from the next request on", permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        do_each(request, queryset, tokens.revoke_token, done="revoked.")

    @admin.display(description="Owner", ordering="owner__username")
    def owner_link(self, token: Token) -> SafeString:
        return row_link(User, token.owner_id, token.owner.username)


@admin.register(Session)
class SessionAdmin(ReadOnly):
    list_display = ("user", "created", "expires", "ended")
    list_filter = (("ended", admin.EmptyFieldListFilter), "expires")
    search_fields = ("user__username",)
    list_select_related = ("user",)
    exclude = ("jti",)

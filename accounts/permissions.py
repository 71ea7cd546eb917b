"""What somebody may do. Every route declares one of these; there is no other way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect
from rest_framework import permissions

from accounts.errors import NotYours, RoleTooLow, TokenMissing
from accounts.models import Role, User

if TYPE_CHECKING:  # DRF's views import this module for their defaults
    from rest_framework.request import Request
    from rest_framework.views import APIView

View = Callable[..., HttpResponseBase]


class Public(permissions.BasePermission):
    """Anybody, on purpose."""

    rule = "public"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return True


class RolePermission(permissions.BasePermission):
    """Those who may do at least what ``role`` may."""

    role: ClassVar[Role]
    rule: ClassVar[str]

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            raise TokenMissing
        _need(request.user, self.role)
        return True


class IsSearcher(RolePermission):
    role = Role.SEARCHER
    rule = "searcher"


class IsDownloader(RolePermission):
    role = Role.DOWNLOADER
    rule = "downloader"


class IsUploader(RolePermission):
    role = Role.UPLOADER
    rule = "uploader"


class IsAdmin(RolePermission):
    role = Role.ADMIN
    rule = "admin"


class IsOwnerOrAdmin(IsSearcher):
    """The owner of the row, or an admin.

    Whoever may no longer upload may no longer change what they once uploaded, and a token
    with a smaller scope is no way around that. Rows nobody may know of are not found before
    this is asked.
    """

    rule = "owner"

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        check_owner(request.user, obj)
        return True


def check_owner(user: Any, obj: Any) -> None:
    """Raises NotYours unless ``user`` may change ``obj``, which has an ``owner_id``."""
    if not is_owner_or_admin(user, obj):
        raise NotYours


def is_owner_or_admin(user: Any, obj: Any) -> bool:
    """Whether ``user`` may change ``obj``: templates ask this, the API enforces it."""
    if not user.is_authenticated:
        return False
    return user.is_admin or (obj.owner_id == user.pk and user.has_role(Role.UPLOADER))


class Ruled:
    """For views whose methods (or a viewset whose actions) differ: one rule each.

    ``rules = {"list": IsSearcher, "destroy": IsAdmin}``. What is not named is refused before
    the weakest of them, so that a wrong method tells strangers nothing.
    """

    rules: ClassVar[Mapping[str, type[permissions.BasePermission]]] = {}

    def get_permissions(self) -> list[permissions.BasePermission]:
        name = getattr(self, "action", None) or self.request.method.lower()  # type: ignore[attr-defined]
        if name == "head":
            name = "get"
        rule = self.rules.get(name) or min(self.rules.values(), key=_strictness)
        return [rule()]


def _strictness(rule: type[permissions.BasePermission]) -> int:
    role = getattr(rule, "role", None)
    return -1 if role is None else Role(role).rank


def _need(user: User, role: Role) -> None:
    if not user.has_role(role):
        raise RoleTooLow(needed=role.value, actual=user.effective_role.value)


def require_role(role: Role | str) -> Callable[[View], View]:
    """For pages: strangers are asked to sign in, those who may not are told so."""
    needed = Role(role)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            _need(request.user, needed)
            return view(request, *args, **kwargs)

        guarded.rule = needed.value  # type: ignore[attr-defined]
        return guarded

    return decorate


def public_page(view: View) -> View:
    """For pages: anybody, on purpose."""
    view.rule = "public"  # type: ignore[attr-defined]
    return view


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return redirect_to_login(request.get_full_path())
    # a fragment cannot hold the sign-in page: the whole page goes there, and comes back
    here = urlsplit(htmx.current_url_abs_path or "").path or "/"
    login = redirect_to_login(here)
    return HttpResponseClientRedirect(resolve_url(login.url))

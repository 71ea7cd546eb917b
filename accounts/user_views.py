"""Who is here and what they may do: the page on which admins change roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.errors import LastAdmin
from accounts.forms import PeopleForm
from accounts.limits.route_limits import OPERATING, unlimited
from accounts.models import Role, Token, User
from accounts.permissions import require_role
from common.ids import row_with_id
from common.pagination import Keys, Order

if TYPE_CHECKING:
    from django.http import HttpRequest

PER_PAGE = 50
BY_NAME = Order("username")
KEYS = Keys("people", "after")


@require_GET
@never_cache
@require_role("admin")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, by name; three queries however many there are."""
    form = PeopleForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = _found(wanted)
    page = BY_NAME.page(found, request.GET.get("after", ""), KEYS, size=PER_PAGE)
    count = found.order_by().count()
    context = {
        "form": form,
        "page": page,
        "count": count,
        "roles": Role.choices,
        "here": request.get_full_path(),
    }
    return render(request, "accounts/people.html", context)


def _found(wanted: dict[str, str]) -> QuerySet[User]:
    usable = Token.objects.usable().filter(owner=OuterRef("pk")).order_by().values("owner")
    tokens = Subquery(usable.annotate(count=Count("pk")).values("count"))
    users = User.objects.annotate(
        artifact_count=Count("artifacts"), token_count=Coalesce(tokens, 0)
    )
    if wanted.get("q"):
        users = users.filter(username__icontains=wanted["q"])
    if wanted.get("role"):
        users = users.filter(role=wanted["role"])
    if wanted.get("state"):
        users = users.filter(is_active=wanted["state"] == "active")
    return users


@require_POST
@require_role("admin")
@unlimited(OPERATING)
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Another role, or in and out of service; counts from their next request on."""
    user = row_with_id(User.objects.all(), number, what="This account")
    role = request.POST.get("role", user.role)
    is_active = {"enable": True, "disable": False}.get(request.POST.get("service", ""))
    try:
        services.change(user, role=Role(role).value, is_active=is_active)
    except ValueError:
        messages.error(request, "There is no such role.")
    except LastAdmin as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _said(user, is_active=is_active))
    return redirect(_back(request))


def _said(user: User, *, is_active: bool | None) -> str:
    if is_active is None:
        return f"{user.username} has the role {user.get_role_display().lower()} now."
    if is_active:
        return f"{user.username} may sign in again."
    return f"{user.username} is disabled: refused from the next request on."


def _back(request: HttpRequest) -> str:
    """The list as it was narrowed, or all of it."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("accounts:people")

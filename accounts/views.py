"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import auth, messages
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services, tokens
from accounts.errors import PasswordRefused, UsernameRefused, UsernameTaken, WrongCredentials
from accounts.forms import LoginForm, PasswordForm, SignUpForm, TokenForm
from accounts.limits import budget
from accounts.limits.route_limits import (
    OWN_ROW,
    Limit,
    filled_in,
    limited,
    login_limits,
    network,
    unlimited,
)
from accounts.models import Token, User
from accounts.permissions import public_page, require_role
from common.errors import RegistryError
from common.ids import row_with_id

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BACKEND = "django.contrib.auth.backends.ModelBackend"
SESSIONS_SHOWN = 20


def _login_refused(request: HttpRequest, problem: str) -> HttpResponse:
    form = LoginForm(request.POST)
    form.add_error(None, problem)
    return _login_page(request, form)


@require_http_methods(["GET", "POST"])
@never_cache
@public_page
@limited(
    *login_limits(lambda request: request.POST["username"].strip(), count=filled_in(LoginForm)),
    refused=_login_refused,
)
def login(request: HttpRequest) -> HttpResponse:
    """Name and password in, a session out; then on to the page that was asked for."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = LoginForm(request.POST or None)
    if form.is_valid():
        try:
            user = services.authenticate(**form.cleaned_data)
        except WrongCredentials:
            form.add_error(None, "The name or the password is wrong.")
        else:
            auth.login(request, user, backend=BACKEND)
            return redirect(_next(request))
    return _login_page(request, form)


def _login_page(request: HttpRequest, form: LoginForm) -> HttpResponse:
    context = {"form": form, "next": request.POST.get("next", request.GET.get("next", ""))}
    return _form_page(request, "accounts/login.html", form, context)


@require_POST
@public_page
@unlimited("it ends one's own session")
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, "You are signed out.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _sign_up_refused(request: HttpRequest, problem: str) -> HttpResponse:
    form = SignUpForm(request.POST)
    form.add_error(None, problem)
    return _form_page(request, "accounts/sign_up.html", form, {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@public_page
@limited(
    Limit("registration", by=(network,), count=filled_in(SignUpForm)), refused=_sign_up_refused
)
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account. It may search; an admin can let it do more."""
    form = SignUpForm(request.POST or None)
    if form.is_valid():
        try:
            user = services.register(**form.cleaned_data)
        except (UsernameTaken, UsernameRefused) as exc:
            form.add_error("username", str(exc))
        except PasswordRefused as exc:
            form.add_error("password", str(exc))
        else:
            auth.login(request, user, backend=BACKEND)
            messages.success(request, "Welcome. You may search; an admin can let you do more.")
            return redirect(settings.LOGIN_REDIRECT_URL)
    return _form_page(request, "accounts/sign_up.html", form, {"form": form})


@require_GET
@never_cache
@require_role("searcher")
def me(request: HttpRequest) -> HttpResponse:
    return _me(request, PasswordForm(user=_user(request)), TokenForm(user=_user(request)))


def _password_refused(request: HttpRequest, problem: str) -> HttpResponse:
    # without what was typed: looking whether it is right would be the next guess
    messages.error(request, problem)
    return _me(request, PasswordForm(user=_user(request)), TokenForm(user=_user(request)))


@require_POST
@never_cache
@require_role("searcher")
@limited(  # a stolen browser cannot guess on
    *login_limits(lambda request: request.user.username), refused=_password_refused
)
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password ends every other session, in browsers and programs."""
    user = _user(request)
    form = PasswordForm(request.POST, user=user)
    if not form.is_valid():
        return _me(request, form, TokenForm(user=user), status=422)
    services.change_password(user, password=form.cleaned_data["password"])
    auth.update_session_auth_hash(request, user)
    messages.success(request, "The password is changed. All other sessions have ended.")
    return redirect("accounts:me")


@require_POST
@never_cache
@require_role("searcher")
@unlimited(f"one's own, of which {tokens.MOST_TOKENS} can be in use")
def create_token(request: HttpRequest) -> HttpResponse:
    """Shows the secret of a new token once, in this answer and nowhere else."""
    user = _user(request)
    form = TokenForm(request.POST, user=user)
    secret = ""
    if form.is_valid():
        try:
            _, secret = tokens.create_token(user, **form.cleaned_data)
        except RegistryError as exc:
            form.add_error(None, str(exc))
    if not secret:
        return _me(request, PasswordForm(user=user), form, status=422)
    return _me(request, PasswordForm(user=user), TokenForm(user=user), secret=secret)


@require_POST
@require_role("searcher")
@unlimited(OWN_ROW)
def revoke_token(request: HttpRequest, number: str) -> HttpResponse:
    mine = Token.objects.filter(owner=_user(request))
    token = row_with_id(mine, number, what="This token")
    tokens.revoke_token(token)
    messages.success(request, f"The token “{token.name}” is revoked.")
    return redirect("accounts:me")


def _me(
    request: HttpRequest,
    password_form: PasswordForm,
    token_form: TokenForm,
    *,
    status: int = 200,
    secret: str = "",
) -> HttpResponse:
    user = _user(request)
    open_sessions = [each for each in user.sessions.all()[:SESSIONS_SHOWN] if each.is_usable]
    context = {
        "password_form": password_form,
        "token_form": token_form,
        "secret": secret,
        "tokens": user.tokens.all(),
        "sessions": [(session, budget.calls_left(session)) for session in open_sessions],
    }
    return render(request, "accounts/me.html", context, status=status)


def _form_page(
    request: HttpRequest, template: str, form: Any, context: dict[str, Any]
) -> HttpResponse:
    return render(request, template, context, status=422 if form.errors else 200)


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: an address of ours, or the list."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type: require_role asked
    return request.user

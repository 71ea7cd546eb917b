"""Who is calling: a session token, a long-lived token, or a browser that signed in.

The account, its role and whether it is still welcome are read from the database at
each request; a token alone proves nothing.
"""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.conf import settings
from rest_framework import authentication, exceptions
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import ExpiredTokenError
from rest_framework_simplejwt.exceptions import TokenError as JWTError
from rest_framework_simplejwt.tokens import AccessToken

from accounts.errors import (
    AccountDisabled,
    CsrfFailed,
    TokenError,
    TokenExpired,
    TokenMalformed,
    TokenRevoked,
    TokenUsedUp,
)
from accounts.limits import budget
from accounts.models import Session, Token, User
from common.compiled_queries import CompiledQuery

MARK = "mr_"  # long-lived tokens begin with it, so that secret scanners find them
LONGEST = 4096
WORD = re.compile(r"[A-Za-z0-9._~+/=-]+")
_SESSION = CompiledQuery(
    lambda jti: (
        Session.objects.select_related("user")
        .defer("created", "user__password", "user__last_login", "user__created")
        .filter(jti=jti)
    ),
    jti=str,
)


@dataclass(frozen=True, slots=True)
class Credential:
    """What somebody showed, without the secret in it: ``request.auth``."""

    kind: Literal["session", "token", "cookie"]
    name: str
    row: Session | Token | None = None


class TokenAuthentication(authentication.BaseAuthentication):
    """Recognises ``bearer <jwt>`` and ``bearer mr_…`` in X-Authorization or Authorization.

    Without an ``authenticate_header`` DRF answers 403 where nobody was recognised.
    """

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        header = _header(request)
        if header is None:
            return None
        secret = _bearer(header)
        if secret.startswith(MARK):
            return _by_token(secret)
        return _by_session(secret)


class CookieAuthentication(authentication.SessionAuthentication):
    """Recognises a browser that signed in on the pages; writing needs the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        found = super().authenticate(request)
        return (found[0], Credential("cookie", "browser")) if found else None

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as exc:
            reason = str(exc.detail).removeprefix("CSRF Failed: ")
            raise CsrfFailed(reason=reason) from exc


def digest_of(secret: str) -> str:
    """How a long-lived token is stored: it is random enough to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _header(request: Request) -> str | None:
    """X-Authorization where there is one: proxies and browsers use the other for themselves."""
    for name in ("HTTP_X_AUTHORIZATION", "HTTP_AUTHORIZATION"):
        if value := request.META.get(name, "").strip():
            return str(value)
    return None


def _bearer(header: str) -> str:
    scheme, _, secret = header.partition(" ")
    secret = secret.strip(" ")
    if scheme.lower() != "bearer" or len(secret) > LONGEST or not WORD.fullmatch(secret):
        raise TokenMalformed
    return secret


def _by_session(secret: str) -> tuple[User, Credential]:
    if secret.count(".") != 2:
        raise TokenMalformed
    try:
        claims = _claims(secret)
    except ExpiredTokenError as exc:
        raise TokenExpired from exc
    except (JWTError, RecursionError) as exc:  # a header may nest deeper than json can follow
        raise TokenError from exc
    if claims["exp"] <= time.time():
        raise TokenExpired
    session = _SESSION.first(jti=str(claims["jti"]))
    if session is None or str(session.user_id) != str(claims.get("user_id")):
        raise TokenError
    if session.ended is not None:
        raise TokenRevoked
    if not session.is_usable:
        raise TokenExpired
    if not session.user.is_active:
        raise AccountDisabled
    if not budget.spend(session):
        raise TokenUsedUp(limit=settings.TOKEN_MAX_CALLS)
    return session.user, Credential("session", f"session {session.pk}", session)


@lru_cache(maxsize=4096)
def _claims(secret: str) -> dict[str, Any]:
    """What a token says, once its signature is verified: that cannot change, only time can."""
    return dict(AccessToken(secret).payload)  # type: ignore[arg-type]  # annotated wrongly upstream


def _by_token(secret: str) -> tuple[User, Credential]:
    digest = digest_of(secret)
    token = Token.objects.select_related("owner").filter(digest=digest).first()
    if token is None:
        raise TokenError
    if token.revoked is not None:
        raise TokenRevoked
    if not token.is_usable:
        raise TokenExpired
    if not token.owner.is_active:
        raise AccountDisabled
    Token.objects.touch(token)
    user = token.owner
    user.scope = token.role
    return user, Credential("token", f"token {token.prefix}", token)

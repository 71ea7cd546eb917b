"""The two kinds of tokens, from the day they are issued to the day they are swept away."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from rest_framework_simplejwt.tokens import AccessToken

from accounts.authentication import MARK, digest_of
from accounts.errors import ScopeTooWide, TooManyTokens
from accounts.limits.counters import counter
from accounts.models import Role, Session, Token, User

MOST_TOKENS = 50  # in use at once, per person
DEFAULT_DAYS = 90
LONGEST_DAYS = 366
KEPT = timedelta(days=30)  # how long an ended session stays to be looked at


def open_session(user: User) -> str:
    """A new session: the JWT that stands for it."""
    claims = AccessToken.for_user(user)
    lifetime = timedelta(hours=settings.TOKEN_LIFETIME_HOURS)
    claims.set_exp(lifetime=lifetime)
    Session.objects.create(user=user, jti=claims["jti"], expires=claims.current_time + lifetime)
    return str(claims)


@transaction.atomic
def create_token(
    owner: User, *, name: str, role: Role | str = Role.SEARCHER, days: int = DEFAULT_DAYS
) -> tuple[Token, str]:
    """A long-lived token and its secret, which nobody can ever read again.

    Raises ScopeTooWide for more than ``owner`` may at this moment, and TooManyTokens.
    """
    if Role(role).rank > owner.effective_role.rank:
        raise ScopeTooWide(actual=owner.effective_role.value, wanted=Role(role).value)
    User.objects.select_for_update().get(pk=owner.pk)  # two requests count one after the other
    if owner.tokens.usable().count() >= MOST_TOKENS:
        raise TooManyTokens(limit=MOST_TOKENS)
    secret = MARK + secrets.token_urlsafe(32)
    token = Token.objects.create(
        owner=owner,
        name=name,
        role=Role(role),
        prefix=secret[: len(MARK) + 8],
        digest=digest_of(secret),
        expires=now() + timedelta(days=days),
    )
    return token, secret


def revoke_token(token: Token) -> None:
    """Refuse ``token`` from the next request on; once revoked it stays revoked."""
    if token.revoked is None:
        token.revoked = now()
        token.save(update_fields=["revoked"])


def sweep() -> int:
    """Forget sessions that ended long ago and the counts of what is over; how many were removed."""
    removed, _ = Session.objects.filter(expires__lt=now() - KEPT).delete()
    return removed + counter().sweep()

"""What happens to accounts: everything here keeps the audit trail and the last admin."""

from __future__ import annotations

import logging
import secrets
import string

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from accounts.errors import LastAdmin, UsernameRefused, UsernameTaken, WrongCredentials
from accounts.models import Role, User
from accounts.passwords import LONGEST, check_password_rules

logger = logging.getLogger(__name__)


def register(*, username: str, password: str, role: Role = Role.SEARCHER) -> User:
    """A new account; raises UsernameRefused, PasswordRefused or UsernameTaken."""
    user = User(username=User.normalize_username(username), role=role)
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as exc:
        raise UsernameRefused(reason=" ".join(exc.messages)) from exc
    check_password_rules(password, user)
    if User.objects.filter(username__iexact=user.username).exists():
        raise UsernameTaken(username=user.username)  # before the costly hash; the database decides
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as exc:
        raise UsernameTaken(username=user.username) from exc
    return user


def authenticate(*, username: str, password: str) -> User:
    """Who has this name and password; raises WrongCredentials, after the same work, for others.

    Unknown and disabled accounts get the same answer as a wrong password.
    """
    user = User.objects.filter(username=User.normalize_username(username)).first()
    if len(password) > LONGEST:
        raise WrongCredentials
    if user is None:
        make_password(password)
    elif user.check_password(password) and user.is_active:
        return user
    logger.info("Sign-in refused for %.60r", username)
    raise WrongCredentials


@transaction.atomic
def change_password(user: User, *, password: str, keep: int | None = None) -> None:
    """Give ``user`` a new password and end all sessions but the one whose id is ``keep``.

    Browsers are signed out as well: their sessions are tied to the password.
    """
    check_password_rules(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user, keep=keep)


def end_sessions(user: User, *, keep: int | None = None) -> int:
    """End the sessions of ``user``, all but ``keep``; how many were open."""
    return user.sessions.filter(ended=None).exclude(pk=keep or 0).update(ended=now())


@transaction.atomic
def change_role(user: User, *, role: Role | str) -> None:
    """Let ``user`` do more or less from the next request on; raises LastAdmin."""
    if Role(role) is not Role.ADMIN:
        _spare_the_last_admin(user)
    user.role = Role(role)
    user.save(update_fields=["role"])


@transaction.atomic
def disable(user: User) -> None:
    """Refuse ``user`` from the next request on. Sessions end; tokens rest until ``enable``."""
    _spare_the_last_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)


@transaction.atomic
def enable(user: User) -> None:
    """Let ``user`` sign in again."""
    user.is_active = True
    user.save(update_fields=["is_active"])


@transaction.atomic
def change(user: User, *, role: str | None = None, is_active: bool | None = None) -> None:
    """Change what is given and differs, all of it or nothing."""
    if role is not None and role != user.role:
        change_role(user, role=role)
    if is_active is not None and is_active != user.is_active:
        (enable if is_active else disable)(user)


@transaction.atomic
def delete_user(user: User) -> None:
    """Remove the account, its sessions and its tokens. What it registered stays."""
    _spare_the_last_admin(user)
    user.delete()


def _spare_the_last_admin(user: User) -> None:
    # locked, so that two admins cannot demote each other at once
    admins = list(User.objects.admins().select_for_update().values_list("pk", flat=True))
    if admins == [user.pk]:
        raise LastAdmin(username=user.username)


def ensure_admin() -> tuple[User, str] | None:
    """Create the first admin; the account and its password, or None if there is one already.

    The password is the configured one, else a random one that exists nowhere else.
    Nobody's account is changed, ever.
    """
    username = settings.REGISTRY_ADMIN_USERNAME
    if User.objects.filter(role=Role.ADMIN).exists():
        return None
    password = settings.REGISTRY_ADMIN_PASSWORD or generated_password()
    return register(username=username, password=password, role=Role.ADMIN), password


def generated_password() -> str:
    """Twenty characters that pass the rules: about 119 bits."""
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(18)) + "-" + secrets.choice("23456789")

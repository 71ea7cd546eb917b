"""People, and the tokens they call with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now


class Role(models.TextChoices):
    """What somebody may do; each role may do all that the ones after it may."""

    ADMIN = "admin", "Admin"
    UPLOADER = "uploader", "Uploader"
    DOWNLOADER = "downloader", "Downloader"
    SEARCHER = "searcher", "Searcher"

    @property
    def rank(self) -> int:
        """0 for a searcher, 3 for an admin."""
        return _RANKS[self]


_RANKS = {role: rank for rank, role in enumerate(reversed(Role))}


class UserQuerySet(models.QuerySet["User"]):
    def admins(self) -> UserQuerySet:
        """Those who can administer the registry now."""
        return self.filter(role=Role.ADMIN, is_active=True)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(
        self, username: str, password: str | None = None, *, role: str = Role.SEARCHER, **more: Any
    ) -> User:
        user = self.model(username=self.model.normalize_username(username), role=role, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **more: Any) -> User:
        return self.create_user(username, password, role=Role.ADMIN, **more)


class User(AbstractBaseUser):
    """Somebody who may sign in. The role is the only thing that grants anything."""

    username = models.CharField(
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "This name is taken."},
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.SEARCHER)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    # What the token in hand is limited to; the account itself may be allowed more.
    scope: str | None = None

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["username"]
        indexes = [models.Index(fields=["role", "username"], name="user_by_role")]
        constraints = [
            # Alice and alice would be two people who look like one
            models.UniqueConstraint(Lower("username"), name="usernames_differ_by_more_than_case")
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def effective_role(self) -> Role:
        """The account's role, or the scope of the token in hand where that is less."""
        role = Role(self.role)
        return min(role, Role(self.scope), key=_RANKS.__getitem__) if self.scope else role

    def has_role(self, role: str) -> bool:
        """Whether this person may do what ``role`` may; a disabled account may nothing."""
        return self.is_active and self.effective_role.rank >= Role(role).rank

    @property
    def is_admin(self) -> bool:
        return self.has_role(Role.ADMIN)

    # What django.contrib.admin asks; there are no groups and no single permissions.
    @property
    def is_staff(self) -> bool:
        return self.is_admin

    @property
    def is_superuser(self) -> bool:
        return self.is_admin

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_admin

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_admin


class Session(models.Model):
    """A program that signed in: one JWT, known by its id, until it ends."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    jti = models.CharField(max_length=32, unique=True)
    created = models.DateTimeField(default=now, editable=False)
    expires = models.DateTimeField(db_index=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"session {self.pk} of {self.user_id}"

    @property
    def is_usable(self) -> bool:
        return self.ended is None and self.expires > now()


class TokenQuerySet(models.QuerySet["Token"]):
    def usable(self) -> TokenQuerySet:
        """Neither revoked nor expired."""
        return self.filter(revoked=None, expires__gt=now())

    def touch(self, token: Token) -> None:
        """Remember that ``token`` was used, with at most one write a minute."""
        limit = now() - timedelta(minutes=1)
        if token.last_used is None or token.last_used < limit:
            unseen = Q(last_used=None) | Q(last_used__lt=limit)
            self.filter(unseen, pk=token.pk).update(last_used=now())


class Token(models.Model):
    """A key for a program that outlives sessions: named, limited to a role, stored as a digest."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    role = models.CharField(
        max_length=10,
        choices=Role.choices,
        default=Role.SEARCHER,
        help_text="The most this token may do; never more than its owner may at that moment.",
    )
    prefix = models.CharField(max_length=11, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(default=now, editable=False)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True, editable=False)
    revoked = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="token_by_owner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        return self.revoked is None and self.expires > now()

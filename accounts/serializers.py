"""JSON in, JSON out. What is not named here cannot be set."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Role, Token, User
from accounts.passwords import LONGEST
from accounts.tokens import DEFAULT_DAYS, LONGEST_DAYS
from common.fields import CountField, FlagField, OnlyNamedFields, StrictCharField

Fields = dict[str, Any]


class PasswordField(StrictCharField):
    """Taken as it is: spaces are part of it, and it is never sent back."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(trim_whitespace=False, write_only=True, **kwargs)


class NewAccountSerializer(serializers.Serializer[Any]):
    username = StrictCharField(max_length=150, trim_whitespace=False)
    password = PasswordField(help_text="8 characters or more with a digit and a special character.")


class AccountSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "username"]
        read_only_fields = fields


class ClaimedUserSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=150, trim_whitespace=False)
    is_admin = FlagField(
        default=False, help_text="If true, only an admin gets a token; it never grants anything."
    )


class SecretSerializer(serializers.Serializer[Any]):
    password = PasswordField(max_length=None)


class CredentialsSerializer(serializers.Serializer[Any]):
    user = ClaimedUserSerializer()
    secret = SecretSerializer()


class UserSerializer(OnlyNamedFields, serializers.ModelSerializer[User]):
    """An account as admins see it; they may change the role and whether it is active."""

    role = serializers.ChoiceField(Role.choices)
    is_active = FlagField()

    class Meta:
        model = User
        fields = ["id", "username", "role", "is_active", "created", "last_login"]
        read_only_fields = ["username", "created", "last_login"]


class CredentialSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["session", "token", "cookie"])
    name = serializers.CharField()
    expires = serializers.DateTimeField(allow_null=True)
    calls_left = serializers.IntegerField(
        allow_null=True, help_text="null where calls are not counted"
    )


class MeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    role = serializers.ChoiceField(
        Role.choices, source="effective_role", help_text="what may be done with this credential"
    )
    account_role = serializers.ChoiceField(Role.choices, source="role")
    credential = CredentialSerializer()


class TokenSerializer(serializers.ModelSerializer[Token]):
    class Meta:
        model = Token
        fields = ["id", "name", "role", "prefix", "created", "expires", "last_used", "revoked"]
        read_only_fields = fields


class NewTokenSerializer(OnlyNamedFields, serializers.Serializer[Any]):
    """A long-lived token to be issued: what it is for, what it may do, and for how many days."""

    name = StrictCharField(max_length=100)
    role = serializers.ChoiceField(Role.choices, default=Role.SEARCHER)
    expires_in_days = CountField(min_value=1, max_value=LONGEST_DAYS, default=DEFAULT_DAYS)


@extend_schema_field({"type": "string", "example": "mr_bXkgc2VjcmV0IGlzIHNhZmUgd2l0aCB5b3U"})
class ShownOnceField(serializers.CharField):
    """The secret itself, which is stored nowhere."""


class CreatedTokenSerializer(TokenSerializer):
    token = ShownOnceField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]
        read_only_fields = fields

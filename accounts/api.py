"""Accounts and tokens for programs."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services, tokens
from accounts.errors import SignInNeeded, WrongCredentials
from accounts.limits import budget
from accounts.limits.route_limits import OPERATING, Limit, login_limits, network, well_formed
from accounts.models import Role, Session, Token, User
from accounts.permissions import IsAdmin, IsSearcher, Public
from accounts.serializers import (
    AccountSerializer,
    CreatedTokenSerializer,
    CredentialsSerializer,
    MeSerializer,
    NewAccountSerializer,
    NewTokenSerializer,
    TokenSerializer,
    UserSerializer,
)
from common import filters
from common.viewsets import FindsById


def _caller(request: Request) -> tuple[Any, Any]:
    """The User and the Credential, once a permission has asked for somebody."""
    return request.user, request.auth


def _claimed_name(request: Request) -> object:
    data: Any = request.data  # well formed, or nothing is counted
    return data["user"]["name"]


class SignUpView(APIView):
    """Make an account. It may search; an admin can let it do more."""

    authentication_classes: list[Any] = []
    permission_classes = [Public]
    limits = {"post": Limit("registration", by=(network,), count=well_formed(NewAccountSerializer))}
    problem_statuses = {400, 409, 413, 415, 429}

    @extend_schema(
        auth=[],
        request=NewAccountSerializer,
        responses={201: AccountSerializer},
        examples=[
            OpenApiExample(
                "A new account",
                value={"username": "alice", "password": "correct-horse-1!"},
                request_only=True,
            ),
            OpenApiExample("Made", value={"id": 7, "username": "alice"}, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        given = NewAccountSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = services.register(**given.validated_data)
        return Response(AccountSerializer(user).data, status.HTTP_201_CREATED)


class AuthenticateView(APIView):
    """Exchange name and password for a session token, valid for a time and a number of calls."""

    authentication_classes: list[Any] = []
    permission_classes = [Public]
    limits = {"put": login_limits(_claimed_name, count=well_formed(CredentialsSerializer))}
    problem_statuses = {400, 401, 413, 415, 429}

    @extend_schema(
        auth=[],
        request=CredentialsSerializer,
        responses={200: OpenApiResponse({"type": "string"}, description="The header to send.")},
        examples=[
            OpenApiExample(
                "Sign in",
                value={
                    "user": {"name": "alice", "is_admin": False},
                    "secret": {"password": "correct-horse-1!"},
                },
                request_only=True,
            ),
            OpenApiExample("Signed in", value="bearer eyJhbGciOiJI…", response_only=True),
        ],
    )
    def put(self, request: Request) -> Response:
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        claimed = given.validated_data["user"]
        user = services.authenticate(
            username=claimed["name"], password=given.validated_data["secret"]["password"]
        )
        if claimed["is_admin"] and not user.is_admin:
            raise WrongCredentials
        return Response(f"bearer {tokens.open_session(user)}")


class MeView(APIView):
    """Who the caller is, what it may do, and how many calls it has left."""

    permission_classes = [IsSearcher]
    problem_statuses = {403}

    @extend_schema(responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        credential: Any = request.auth
        row = credential.row
        session = row if isinstance(row, Session) else None
        user: Any = request.user
        user.credential = {
            "kind": credential.kind,
            "name": credential.name,
            "expires": row.expires if row else None,
            "calls_left": budget.calls_left(session) if session else None,
        }
        return Response(MeSerializer(user).data)


class TokenViewSet(
    FindsById, mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[Token]
):
    """One's own long-lived tokens."""

    what = "This token"
    permission_classes = [IsSearcher]
    unlimited = f"one's own, of which {tokens.MOST_TOKENS} can be in use"
    serializer_class = TokenSerializer
    problem_statuses = {
        "list": {400, 403},
        "create": {400, 403, 409, 413, 415},
        "destroy": {400, 403, 404},
    }
    queryset = Token.objects.none()  # for the schema; the method below decides

    def get_queryset(self) -> Any:
        return Token.objects.filter(owner=self.request.user.pk)

    @extend_schema(
        request=NewTokenSerializer,
        responses={201: CreatedTokenSerializer},
        examples=[
            OpenApiExample(
                "For a pipeline",
                value={"name": "release gate", "role": "searcher", "expires_in_days": 90},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Make a token. Its secret is in this answer and nowhere else, ever."""
        caller, credential = _caller(request)
        if credential.kind == "token":  # a stolen token must not be able to outlive itself
            raise SignInNeeded
        given = NewTokenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields = given.validated_data
        token, secret = tokens.create_token(
            caller, name=fields["name"], role=fields["role"], days=fields["expires_in_days"]
        )
        token.token = secret  # type: ignore[attr-defined]
        return Response(CreatedTokenSerializer(token).data, status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Token) -> None:
        tokens.revoke_token(instance)


class UserFilter(django_filters.FilterSet):
    role = django_filters.ChoiceFilter(choices=Role.choices)
    is_active = filters.flag()

    class Meta:
        model = User
        fields: list[str] = []


class UserViewSet(
    FindsById, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[User]
):
    """All accounts, for admins."""

    what = "This account"
    permission_classes = [IsAdmin]
    unlimited = OPERATING
    serializer_class = UserSerializer
    filterset_class = UserFilter
    queryset = User.objects.all()
    problem_statuses = {
        "list": {400, 403},
        "retrieve": {400, 403, 404},
        "partial_update": {400, 403, 404, 409, 413, 415},
        "destroy": {400, 403, 404, 409},
    }

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what somebody may do; it counts from their next request on."""
        user = self.get_object()
        given = UserSerializer(user, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        services.change(user, **given.validated_data)
        return Response(UserSerializer(user).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove an account with its tokens. What it registered stays."""
        services.delete_user(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

"""The API of accounts; registry.api_urls puts it under /api/."""

from __future__ import annotations

from django.urls import path

from accounts.api import AuthenticateView, MeView, SignUpView, TokenViewSet, UserViewSet

urlpatterns = [
    path("register", SignUpView.as_view(), name="api-register"),
    path("authenticate", AuthenticateView.as_view(), name="api-authenticate"),
    path("auth/register", SignUpView.as_view(), name="api-auth-register"),
    path("auth/authenticate", AuthenticateView.as_view(), name="api-auth-authenticate"),
    path("me", MeView.as_view(), name="api-me"),
    path("tokens", TokenViewSet.as_view({"get": "list", "post": "create"}), name="api-tokens"),
    path("tokens/<str:pk>", TokenViewSet.as_view({"delete": "destroy"}), name="api-token"),
    path("users", UserViewSet.as_view({"get": "list"}), name="api-users"),
    path(
        "users/<str:pk>",
        UserViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="api-user",
    ),
]

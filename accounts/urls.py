"""The pages about accounts."""

from __future__ import annotations

from django.urls import path

from accounts import user_views, views

app_name = "accounts"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("sign-up/", views.sign_up, name="sign_up"),
    path("me/", views.me, name="me"),
    path("me/password/", views.change_password, name="password"),
    path("me/tokens/", views.create_token, name="create_token"),
    path("me/tokens/<str:number>/revoke/", views.revoke_token, name="revoke_token"),
    path("users/", user_views.people, name="people"),
    path("users/<str:number>/", user_views.change, name="change_person"),
]

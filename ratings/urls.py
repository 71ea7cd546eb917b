"""The pages about ratings and licences."""

from __future__ import annotations

from django.urls import path

from ratings import views
from ratings.licences.views import licence_check, licence_detail

app_name = "ratings"
urlpatterns = [
    path("policy/", views.policy, name="policy"),
    path("policy/new/", views.rule, name="new_rule"),
    path("policy/<str:number>/", views.rule, name="rule"),
    path("policy/<str:number>/delete/", views.delete_rule, name="delete_rule"),
    path("artifacts/<str:type>/<str:id>/rating/", views.rating_detail, name="detail"),
    path("artifacts/<str:type>/<str:id>/rating/panel/", views.panel, name="panel"),
    path("artifacts/<str:type>/<str:id>/license/", licence_detail, name="licence"),
    path("artifacts/<str:type>/<str:id>/license/check/", licence_check, name="licence_check"),
]

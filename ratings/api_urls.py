"""Where each question about ratings and licences is answered."""

from __future__ import annotations

from django.urls import path

from ratings.api import RateView, RatingView, RatingViewSet
from ratings.licences.api import LicenceCheckView, LicenceExplanationView, LicenceView

urlpatterns = [
    path("artifact/model/<str:id>/rate", RateView.as_view(), name="api-rate"),
    path("ratings", RatingViewSet.as_view({"get": "list"}), name="api-ratings"),
    path("ratings/<str:pk>", RatingViewSet.as_view({"get": "retrieve"}), name="api-one-rating"),
    path("artifacts/<str:type>/<str:id>/rating", RatingView.as_view(), name="api-rating"),
    path("artifacts/<str:type>/<str:id>/license", LicenceView.as_view(), name="api-license"),
    path(
        "artifact/model/<str:id>/license-check",
        LicenceCheckView.as_view(),
        name="api-license-check",
    ),
    path(
        "artifact/model/<str:id>/license-check/explain",
        LicenceExplanationView.as_view(),
        name="api-license-explain",
    ),
]

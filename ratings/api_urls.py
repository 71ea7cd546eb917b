"""Where each question about ratings is answered."""

from __future__ import annotations

from django.urls import path

from ratings.api import RateView, RatingView, RatingViewSet

urlpatterns = [
    path("artifact/model/<str:id>/rate", RateView.as_view(), name="api-rate"),
    path("ratings", RatingViewSet.as_view({"get": "list"}), name="api-ratings"),
    path("ratings/<str:pk>", RatingViewSet.as_view({"get": "retrieve"}), name="api-one-rating"),
    path("artifacts/<str:type>/<str:id>/rating", RatingView.as_view(), name="api-rating"),
]

"""Where each question about lineage, licences and cost is answered."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from lineage.api import CostView, LineageView, LinkViewSet
from lineage.licence_api import LicenceCheckView, LicenceExplanationView

router = SimpleRouter(trailing_slash=False)
router.register("lineage", LinkViewSet, basename="api-lineage")

urlpatterns = [
    path("artifact/<str:type>/<str:id>/lineage", LineageView.as_view(), name="api-graph"),
    path("artifact/<str:type>/<str:id>/cost", CostView.as_view(), name="api-cost"),
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
    *router.urls,
]

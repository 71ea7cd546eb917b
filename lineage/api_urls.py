"""Where each question about lineage and cost is answered."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from lineage.api import CostView, LineageView, LinkViewSet

router = SimpleRouter(trailing_slash=False)
router.register("lineage", LinkViewSet, basename="api-lineage")

urlpatterns = [
    path("artifact/<str:type>/<str:id>/lineage", LineageView.as_view(), name="api-graph"),
    path("artifact/<str:type>/<str:id>/cost", CostView.as_view(), name="api-cost"),
    *router.urls,
]

"""The API, one screen: each app lists its own answers."""

from __future__ import annotations

from django.urls import include, path

from registry.openapi import SchemaView, SwaggerView
from registry.operations.api import ComponentsView, HealthView, TracksView
from registry.operations.reset_views import ResetView

# What is asked most comes first, and artifacts before the others: a name may end in /lineage.
urlpatterns = [
    path("", include("artifacts.api.urls")),
    path("", include("ratings.api_urls")),
    path("", include("lineage.api_urls")),
    path("", include("accounts.api_urls")),
    path("health", HealthView.as_view(), name="api-health"),
    path("health/components", ComponentsView.as_view(), name="api-health-components"),
    path("reset", ResetView.as_view(), name="api-reset"),
    path("tracks", TracksView.as_view(), name="api-tracks"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("schema/swagger-ui", SwaggerView.as_view(url_name="api-schema"), name="api-swagger"),
]

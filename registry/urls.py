"""Every address of the registry; the apps own their pages, api_urls the API."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("registry.api_urls")),
    path("admin/", admin.site.urls),
    path("downloads/", include("artifacts.downloads")),
    path("", include("accounts.urls")),
    path("", include("artifacts.views.urls")),
    path("", include("lineage.urls")),
    path("", include("ratings.urls")),
    path("", include("registry.operations.urls")),
]

handler400 = "registry.handlers.bad_request"
handler403 = "registry.handlers.forbidden"
handler404 = "registry.handlers.not_found"
handler500 = "registry.handlers.server_error"

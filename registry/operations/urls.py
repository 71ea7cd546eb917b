"""The pages of the registry as a whole."""

from __future__ import annotations

from django.urls import path

from registry.operations import audit_pages, overview, queue, reset_views

app_name = "registry"
urlpatterns = [
    path("", overview.dashboard, name="dashboard"),
    path("audit/", audit_pages.audit, name="audit"),
    path("audit/export/", audit_pages.export, name="export_audit"),
    path("arriving/", overview.arriving, name="arriving"),
    path("queue/", queue.queue, name="queue"),
    path("queue/retry/", queue.retry, name="retry"),
    path("reset/", reset_views.reset_page, name="reset"),
    path("status/", overview.health_status, name="health"),
]

"""The pages of the registry as a whole."""

from __future__ import annotations

from django.urls import path

from registry import auditing, reset_views, views

app_name = "registry"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("audit/", auditing.audit, name="audit"),
    path("audit/export/", auditing.export, name="export_audit"),
    path("arriving/", views.arriving, name="arriving"),
    path("queue/", views.queue, name="queue"),
    path("queue/retry/", views.retry, name="retry"),
    path("reset/", reset_views.reset_page, name="reset"),
    path("status/", views.health_status, name="health"),
]

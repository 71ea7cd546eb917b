"""Where each question about artifacts is answered."""

from __future__ import annotations

from django.urls import path

from artifacts.api.artifacts import ArtifactDetailView, ArtifactsView, ByNameView
from artifacts.api.audit_trail import AuditView
from artifacts.api.registration import RegisterView
from artifacts.api.retrieval import FilesView, IngestionView
from artifacts.api.searching import ByRegExView
from artifacts.api.single import ArtifactView

urlpatterns = [
    path("artifacts/<str:type>/<str:id>", ArtifactView.as_view(), name="api-artifact"),
    path("artifacts", ArtifactsView.as_view(), name="api-artifacts"),
    path("artifacts/<str:id>", ArtifactDetailView.as_view(), name="api-artifact-detail"),
    path("artifact/byName/<path:name>", ByNameView.as_view(), name="api-by-name"),
    path("artifact/byRegEx", ByRegExView.as_view(), name="api-by-regex"),
    path("artifact/<str:type>", RegisterView.as_view(), name="api-register-artifact"),
    path("artifacts/<str:type>/<str:id>/ingestion", IngestionView.as_view(), name="api-ingestion"),
    path("artifacts/<str:type>/<str:id>/files", FilesView.as_view(), name="api-files"),
    path("artifact/<str:type>/<str:id>/audit", AuditView.as_view(), name="api-audit"),
]

"""Where each question about artifacts is answered."""

from __future__ import annotations

from django.urls import path

from artifacts.api.artifact_files import FileViewSet
from artifacts.api.artifacts import ArtifactViewSet
from artifacts.api.audit_trail import AuditView
from artifacts.api.name_queries import ByNameView
from artifacts.api.registration import ArtifactRegistrationView
from artifacts.api.searching import ByRegExView

urlpatterns = [
    path(
        "artifacts/<str:type>/<str:id>",
        ArtifactViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="api-artifact",
    ),
    path(
        "artifacts",
        ArtifactViewSet.as_view({"get": "list", "post": "query"}),
        name="api-artifacts",
    ),
    path(
        "artifacts/<str:id>", ArtifactViewSet.as_view({"get": "by_id"}), name="api-artifact-detail"
    ),
    path("artifact/byName/<path:name>", ByNameView.as_view(), name="api-by-name"),
    path("artifact/byRegEx", ByRegExView.as_view(), name="api-by-regex"),
    path("artifact/<str:type>", ArtifactRegistrationView.as_view(), name="api-register-artifact"),
    path(
        "artifacts/<str:type>/<str:id>/ingestion",
        ArtifactViewSet.as_view({"get": "ingestion"}),
        name="api-ingestion",
    ),
    path(
        "artifacts/<str:type>/<str:id>/files",
        FileViewSet.as_view({"get": "list"}),
        name="api-files",
    ),
    path("artifact/<str:type>/<str:id>/audit", AuditView.as_view(), name="api-audit"),
]

"""The pages about artifacts."""

from __future__ import annotations

from django.urls import path

from artifacts.views import artifact_detail, artifact_list, audit_trail, changing, registering

app_name = "artifacts"
urlpatterns = [
    path("artifacts/", artifact_list.artifact_list, name="list"),
    path("artifacts/register/", registering.register, name="register"),
    path("artifacts/register/upload/", registering.upload, name="upload"),
    path("artifacts/register/recognise/", registering.recognise, name="recognise"),
    path("artifacts/arrivals/", registering.arrivals, name="arrivals"),
    path("artifacts/<str:type>/<str:id>/", artifact_detail.overview, name="detail"),
    path("artifacts/<str:type>/<str:id>/files/", artifact_detail.files, name="files"),
    path(
        "artifacts/<str:type>/<str:id>/files/<str:file_id>/download/",
        artifact_detail.download_file,
        name="download_file",
    ),
    path("artifacts/<str:type>/<str:id>/versions/", artifact_detail.versions, name="versions"),
    path("artifacts/<str:type>/<str:id>/audit/", audit_trail.audit, name="audit"),
    path("artifacts/<str:type>/<str:id>/download/", artifact_detail.download, name="download"),
    path("artifacts/<str:type>/<str:id>/progress/", registering.progress, name="progress"),
    path("artifacts/<str:type>/<str:id>/refresh/", registering.refresh, name="refresh"),
    path("artifacts/<str:type>/<str:id>/retry/", registering.retry, name="retry"),
    path("artifacts/<str:type>/<str:id>/edit/", changing.edit, name="edit"),
    path("artifacts/<str:type>/<str:id>/delete/", changing.delete, name="delete"),
    path("artifacts/<str:type>/<str:id>/quarantine/", changing.quarantine, name="quarantine"),
    path("artifacts/<str:type>/<str:id>/release/", changing.release, name="release"),
]

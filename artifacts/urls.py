"""The pages about artifacts."""

from __future__ import annotations

from django.urls import path

from artifacts.views import auditing, changing, listing, reading, registering

app_name = "artifacts"
urlpatterns = [
    path("artifacts/", listing.artifact_list, name="list"),
    path("artifacts/register/", registering.register, name="register"),
    path("artifacts/register/upload/", registering.upload, name="upload"),
    path("artifacts/register/recognise/", registering.recognise, name="recognise"),
    path("artifacts/arrivals/", registering.arrivals, name="arrivals"),
    path("artifacts/<str:type>/<str:id>/", reading.overview, name="detail"),
    path("artifacts/<str:type>/<str:id>/files/", reading.files, name="files"),
    path(
        "artifacts/<str:type>/<str:id>/files/<int:file_id>/download/",
        reading.download_file,
        name="download_file",
    ),
    path("artifacts/<str:type>/<str:id>/versions/", reading.versions, name="versions"),
    path("artifacts/<str:type>/<str:id>/audit/", auditing.audit, name="audit"),
    path("artifacts/<str:type>/<str:id>/download/", reading.download, name="download"),
    path("artifacts/<str:type>/<str:id>/progress/", registering.progress, name="progress"),
    path("artifacts/<str:type>/<str:id>/refresh/", registering.refresh, name="refresh"),
    path("artifacts/<str:type>/<str:id>/retry/", registering.retry, name="retry"),
    path("artifacts/<str:type>/<str:id>/edit/", changing.edit, name="edit"),
    path("artifacts/<str:type>/<str:id>/delete/", changing.delete, name="delete"),
    path("artifacts/<str:type>/<str:id>/quarantine/", changing.quarantine, name="quarantine"),
    path("artifacts/<str:type>/<str:id>/release/", changing.release, name="release"),
]

"""The pages about lineage and cost."""

from __future__ import annotations

from django.urls import path

from lineage import views

app_name = "lineage"
urlpatterns = [
    path("artifacts/<str:type>/<str:id>/lineage/", views.lineage_detail, name="detail"),
    path("artifacts/<str:type>/<str:id>/lineage/panel/", views.panel, name="panel"),
    path("artifacts/<str:type>/<str:id>/lineage/add/", views.add, name="add"),
    path(
        "artifacts/<str:type>/<str:id>/lineage/<str:link_id>/remove/", views.remove, name="remove"
    ),
    path("artifacts/<str:type>/<str:id>/cost/", views.cost_detail, name="cost"),
]

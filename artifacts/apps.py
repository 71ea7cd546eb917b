from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class ArtifactsConfig(AppConfig):
    name = "artifacts"

    def ready(self) -> None:
        from artifacts import audit_actions

        audit_actions.watch()
        post_migrate.connect(repair_search, sender=self)


def repair_search(using: str, **kwargs: Any) -> None:
    """After each migration: a table that SQLite rebuilt has lost the triggers of the search."""
    from artifacts.search import indexes

    indexes.repair(connections[using])

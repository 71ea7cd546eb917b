from django.apps import AppConfig, apps
from django.core.signals import request_started
from django.db import connection
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from common.quiet_connections import skip_checks_of_quiet_connections
        from registry import checks  # noqa: F401 - registers itself
        from registry.schedules import after_migrations

        post_migrate.connect(after_migrations, sender=apps.get_app_config("django_q"))
        if connection.vendor == "postgresql":
            request_started.connect(skip_checks_of_quiet_connections)

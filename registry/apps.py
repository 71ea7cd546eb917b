from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from registry import checks  # noqa: F401 - registers itself
        from registry.schedules import after_migrations

        post_migrate.connect(after_migrations, sender=apps.get_app_config("django_q"))

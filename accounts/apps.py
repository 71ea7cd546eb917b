from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from auditlog.models import LogEntry
        from auditlog.registry import auditlog
        from django.db.models.signals import post_migrate, pre_delete, pre_save

        from accounts import checks, openapi  # noqa: F401 - two register themselves
        from accounts.audit import actors, append_only
        from accounts.models import Token, User

        auditlog.register(User, exclude_fields=["password", "last_login"])
        auditlog.register(Token, exclude_fields=["digest", "last_used"])
        pre_save.connect(actors.complete, sender=LogEntry, dispatch_uid="accounts.audit.actors")
        pre_delete.connect(append_only.refuse_deletion, sender=LogEntry)
        post_migrate.connect(append_only.after_migrate, sender=self)
        append_only.guard_model()

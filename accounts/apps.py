from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from auditlog.models import LogEntry
        from auditlog.registry import auditlog
        from django.db.models.signals import post_migrate, pre_delete, pre_save

        from accounts import audit, checks, finality, schema  # noqa: F401 - two register themselves
        from accounts.models import Token, User

        auditlog.register(User, exclude_fields=["password", "last_login"])
        auditlog.register(Token, exclude_fields=["digest", "last_used"])
        pre_save.connect(audit.complete, sender=LogEntry, dispatch_uid="accounts.audit")
        pre_delete.connect(finality.refuse_deletion, sender=LogEntry)
        post_migrate.connect(finality.after_migrate, sender=self)
        finality.guard_model()

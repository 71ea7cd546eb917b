from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "ratings"

    def ready(self) -> None:
        from auditlog.registry import auditlog
        from django.db.models.signals import post_save

        from ratings.audit_actions import note_rating
        from ratings.models import PolicyRule, Rating

        auditlog.register(PolicyRule)
        post_save.connect(note_rating, sender=Rating)

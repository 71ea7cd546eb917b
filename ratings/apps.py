from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "ratings"

    def ready(self) -> None:
        from auditlog.registry import auditlog
        from django.db.models.signals import post_save

        from ratings.models import PolicyRule, Rating
        from ratings.services import note_rating

        auditlog.register(PolicyRule)
        post_save.connect(note_rating, sender=Rating)

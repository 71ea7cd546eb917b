"""What was made from what, as the files of a version say it, or a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from artifacts.models import Artifact, ArtifactType, Version

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Relationship(models.TextChoices):
    BASE_MODEL = "base_model", "Base model"
    ADAPTER = "adapter", "Adapter of"
    QUANTIZED = "quantized", "Quantized from"
    MERGE = "merge", "Merged from"
    TRAINING_DATASET = "training_dataset", "Trained on"
    EVALUATION_DATASET = "evaluation_dataset", "Evaluated on"
    CODE = "code", "Code"


# Relationships in which the weights of the parent went into the child.
BUILT_ON = (
    Relationship.BASE_MODEL,
    Relationship.ADAPTER,
    Relationship.QUANTIZED,
    Relationship.MERGE,
)


class SeenIn(models.TextChoices):
    CONFIG_JSON = "config_json", "config.json"
    ADAPTER_CONFIG = "adapter_config", "adapter_config.json"
    MODEL_CARD = "model_card", "Card"
    README = "readme", "README"
    MERGE_CONFIG = "merge_config", "Merge recipe"
    GGUF = "gguf", "GGUF header"
    MANUAL = "manual", "Added by hand"


class Status(models.TextChoices):
    DECLARED = "declared", "Declared"
    VERIFIED = "verified", "Verified"
    CONTRADICTED = "contradicted", "Contradicted"


class LinkQuerySet(models.QuerySet["Link"]):
    def valid(self) -> LinkQuerySet:
        """Only those that a person added, or that the current version of the child states."""
        return self.filter(Q(version=None) | Q(version=F("child__current")))

    def visible_to(self, user: User | AnonymousUser) -> LinkQuerySet:
        """Links whose two ends ``user`` may know; a parent outside hides nothing."""
        seen = Artifact.objects.visible_to(user).values("pk")
        return self.filter(Q(parent=None) | Q(parent__in=seen), child__in=seen)


class Link(models.Model):
    """An edge from a parent to a child that was made from it.

    The parent is always known by its type and canonical key, and by its row as well
    while it is registered. So deleting a parent leaves an outside name behind, and
    registering it again joins the two, in any order of arrival.
    """

    child = models.ForeignKey(Artifact, models.CASCADE, related_name="parent_links", db_index=False)
    version = models.ForeignKey(
        Version,
        models.CASCADE,
        null=True,
        related_name="links",
        help_text="The version whose files say so; empty for a link added by hand.",
    )
    parent = models.ForeignKey(
        Artifact, models.SET_NULL, null=True, related_name="child_links", db_index=False
    )
    parent_type = models.CharField(max_length=7, choices=ArtifactType.choices)
    parent_name = models.CharField(max_length=255, help_text="As it was written.")
    parent_url = models.CharField(max_length=500, blank=True)
    parent_key = models.CharField(max_length=500, help_text="The canonical URL as it is compared.")
    relationship = models.CharField(max_length=20, choices=Relationship.choices)
    seen_in = models.CharField(max_length=15, choices=SeenIn.choices)
    path = models.CharField(max_length=1024, blank=True)
    line = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DECLARED)
    reason = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "parent_type", "parent_key", "relationship", "seen_in"],
                name="one_link_per_place_seen",
            ),
            models.UniqueConstraint(
                fields=["child", "parent_type", "parent_key", "relationship"],
                condition=Q(version=None),
                name="one_link_by_hand",
            ),
        ]
        indexes = [
            models.Index(fields=["child", "parent"], name="link_up"),
            models.Index(fields=["parent", "child"], name="link_down"),
            models.Index(fields=["parent_key", "parent_type"], name="link_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.get_relationship_display()}: {self.parent_name}"

    @property
    def is_outside(self) -> bool:
        """Whether the parent is only a name here."""
        return self.parent_id is None


class Signature(models.Model):
    """The few facts of a model version that links are verified with.

    Kept apart from the facts, so that a base model with thousands of children is
    compared with all of them without reading thousands of files.
    """

    version = models.OneToOneField(
        Version, models.CASCADE, primary_key=True, related_name="signature"
    )
    data = models.JSONField(help_text="lineage.verification.Traits, without what is empty.")

    objects: ClassVar[models.Manager[Signature]] = models.Manager()

    def __str__(self) -> str:
        return f"Signature of {self.version_id}"

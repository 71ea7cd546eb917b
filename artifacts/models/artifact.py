"""Artifacts: what exists, identified by its type and canonical source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timezone import now

from artifacts.models.choices import ArtifactType
from artifacts.models.version import HEAVY_VERSION_FIELDS, Version

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Literal(Value):
    """A number written into the SQL itself: only so SQLite knows the expression of an index."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        return repr(self.value), ()


# Unknown scores sort below all others; one expression, because an index must match it.
BY_SCORE = Coalesce(F("net_score"), Literal(-1.0))


class ArtifactQuerySet(models.QuerySet["Artifact"]):
    def visible_to(self, user: User | AnonymousUser) -> ArtifactQuerySet:
        """Only what ``user`` may know exists. Every read by a person starts here."""
        if not user.is_authenticated:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(is_quarantined=False)

    def ready(self) -> ArtifactQuerySet:
        """Those that can be used now: a published version is current."""
        return self.filter(current__isnull=False)

    def for_listing(self) -> ArtifactQuerySet:
        """Everything one row of a list shows, in one query; no facts, no README."""
        return self.select_related("owner", "current").defer(
            *(f"current__{name}" for name in HEAVY_VERSION_FIELDS)
        )

    def for_link(self) -> ArtifactQuerySet:
        """What a link to the bytes of the current version is made of, and no more."""
        return self.select_related("current").only(
            "type", "name", "source_url",
            "current__artifact", "current__number", "current__state", "current__revision",
            "current__manifest_sha256", "current__bundle_sha256", "current__bundle_size_bytes",
        )  # fmt: skip


class Artifact(models.Model):
    """A model, dataset or code repository, identified by its type and canonical source."""

    type = models.CharField(max_length=7, choices=ArtifactType.choices)
    name = models.CharField(max_length=255)
    source_url = models.CharField(max_length=500)
    # the canonical URL as it is compared: sources ignore letter case
    source_key = models.CharField(max_length=500, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="artifacts"
    )
    origin = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="brought",
        help_text="The artifact whose card named this one, where the pipeline registered it.",
    )
    created = models.DateTimeField(default=now, editable=False)
    current = models.ForeignKey(
        "Version", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    is_quarantined = models.BooleanField(default=False, editable=False)

    # What one row of a list shows about the current version; written when it is published.
    license = models.CharField(max_length=255, blank=True, editable=False)
    net_score = models.FloatField(null=True, editable=False)
    coverage = models.FloatField(null=True, editable=False)
    size_bytes = models.BigIntegerField(null=True, editable=False)
    published = models.DateTimeField(null=True, editable=False)

    objects = ArtifactQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["type", "source_key"], name="one_artifact_per_source")
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="artifact_by_name"),
            models.Index(fields=["type", "id"], name="artifact_by_type"),
            models.Index(fields=["id"], name="artifact_ready", condition=Q(current__isnull=False)),
            models.Index(
                Coalesce(F("net_score"), Value(-1.0)).desc(), "id", name="artifact_by_score"
            ),
            models.Index(fields=["published", "id"], name="artifact_by_published"),
            models.Index(fields=["license", "id"], name="artifact_by_license"),
            models.Index(fields=["size_bytes", "id"], name="artifact_by_size"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("artifacts:detail", args=[self.type, self.pk])

    def get_additional_data(self) -> dict[str, str]:
        """What each audit entry keeps beside the changes, for when the artifact is gone."""
        return {"name": self.name, "type": self.type}

    @property
    def newest(self) -> Version | None:
        """The version that was asked for last, whatever became of it."""
        return self.versions.defer(*HEAVY_VERSION_FIELDS).order_by("-number").first()

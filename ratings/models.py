"""What was measured of a version, and the rules that decide whether it may be used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.timezone import now

from artifacts.models import Artifact, State, Version
from ratings.measurements.measurement import TimedMeasurement
from ratings.policy import Verdict

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, user: User | AnonymousUser) -> RatingQuerySet:
        """Only ratings of what ``user`` may know exists."""
        if user.is_authenticated and user.is_admin:
            return self
        seen = Artifact.objects.visible_to(user).values("pk")
        return self.filter(version__artifact__in=seen).exclude(version__state=State.QUARANTINED)

    def light(self) -> RatingQuerySet:
        """Without the measurements, for lists."""
        return self.defer("measurements")


class Rating(models.Model):
    """All measurements of one version by one catalogue; the newest one counts.

    Older ratings stay as they were, so that any number can be explained a year later.
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="ratings")
    catalogue_version = models.CharField(max_length=20)
    net_score = models.FloatField(null=True)
    coverage = models.FloatField()
    measurements = models.JSONField(
        help_text="By metric a MeasurementJSON of ratings.measurements.stored_shapes."
    )
    net_latency_seconds = models.FloatField(default=0)
    verdict = models.JSONField(
        default=dict, help_text="A VerdictJSON of ratings.measurements.stored_shapes."
    )
    created = models.DateTimeField(default=now, editable=False)

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        get_latest_by = "pk"
        indexes = [models.Index(fields=["version", "-id"], name="rating_newest")]

    def __str__(self) -> str:
        score = "unknown" if self.net_score is None else f"{self.net_score:.2f}"
        return f"{score} at coverage {self.coverage:.2f}"

    @cached_property
    def answers(self) -> dict[str, TimedMeasurement]:
        """``measurements`` as objects, those of older catalogues included."""
        return {
            name: TimedMeasurement.from_json(stored) for name, stored in self.measurements.items()
        }

    @cached_property
    def decision(self) -> Verdict:
        """``verdict`` as an object."""
        return Verdict.from_json(self.verdict)


class PolicyRule(models.Model):
    """One rule of the gate, edited by operators."""

    # a metric, net_score, coverage, or a kind of finding, which has no minimum
    metric = models.CharField(max_length=40)
    minimum = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    applies_to = models.CharField(
        max_length=7,
        default="model",
        choices=[("model", "Models"), ("dataset", "Datasets"), ("code", "Code")],
    )
    is_enforced = models.BooleanField(
        default=True, help_text="Enforced rules reject; the others only warn."
    )
    is_unknown_accepted = models.BooleanField(
        default=False, help_text="Whether a measurement that is unknown keeps the rule."
    )

    objects: ClassVar[models.Manager[PolicyRule]] = models.Manager()

    class Meta:
        ordering = ["applies_to", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["applies_to", "metric", "is_enforced"], name="one_rule_per_metric"
            ),
            models.CheckConstraint(
                condition=models.Q(minimum__gte=0, minimum__lte=1), name="rule_minimum_is_a_score"
            ),
        ]

    def __str__(self) -> str:
        if self.minimum is None:
            return f"no {self.metric}" if self.is_enforced else f"should have no {self.metric}"
        verb = "at least" if self.is_enforced else "should be at least"
        return f"{self.metric} {verb} {self.minimum}"

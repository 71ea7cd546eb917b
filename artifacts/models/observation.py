"""Observations: the facts of what an artifact names."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from artifacts.models.choices import ArtifactType


class Observation(models.Model):
    """The facts of something an artifact names, at the revision that was read.

    Ratings look at linked datasets and code through these, so that they can be
    computed again years later without asking anybody. A row never changes its facts.
    """

    type = models.CharField(max_length=7, choices=ArtifactType.choices)
    # as it was named: a repository that moved answers under its old address as well
    source_url = models.CharField(max_length=500)
    revision = models.CharField(max_length=64)
    facts = models.JSONField(help_text="artifacts.facts.Facts")
    # when it was last read and found to be so
    collected = models.DateTimeField(default=now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["type", "source_url", "collected"], name="observation_by_place")
        ]

    def __str__(self) -> str:
        return f"{self.source_url}@{self.revision[:8]}"

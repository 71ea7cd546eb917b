"""Versions: the pinned states of an artifact, and which worker has which."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from artifacts.models.choices import ACTIVE, State
from artifacts.models.claims import claims_here, is_alive, new_claim
from artifacts.models.observation import Observation

# Texts that no list ever needs; a listing that loads one of them is slow.
HEAVY_VERSION_FIELDS = ("facts", "notes")


class VersionQuerySet(models.QuerySet["Version"]):
    def light(self) -> VersionQuerySet:
        """Without the texts that no list needs."""
        return self.defer(*HEAVY_VERSION_FIELDS)

    def active(self) -> VersionQuerySet:
        return self.filter(state__in=ACTIVE)

    def stale(self) -> VersionQuerySet:
        """Active, but without a heartbeat for too long."""
        limit = now() - timedelta(seconds=settings.INGESTION_STALE_SECONDS)
        return self.active().filter(Q(heartbeat__lt=limit) | Q(heartbeat=None, created__lt=limit))

    def abandoned_here(self) -> list[Version]:
        """Claimed on this machine by a process that is gone: no need to wait for these."""
        here = self.active().filter(claim__startswith=claims_here())
        return [version for version in here.light() if not is_alive(version.claim)]

    def release_abandoned(self, version: Version) -> bool:
        """Free a version if the process of this machine that held it is gone."""
        is_here = version.claim.startswith(claims_here())
        if not is_here or is_alive(version.claim):
            return False
        return bool(self.active().filter(pk=version.pk, claim=version.claim).update(claim=""))

    def claim(self, pk: int) -> Version | None:
        """Take a version for this worker; None if another has it, or it is done.

        One conditional UPDATE. The claim is a fence as well: every later write of this
        worker names it, so a worker that was given up on can change nothing.
        """
        limit = now() - timedelta(seconds=settings.INGESTION_STALE_SECONDS)
        free = Q(claim="") | Q(heartbeat__lt=limit)
        mine = new_claim()
        taken = (
            self.active()
            .filter(free, pk=pk, attempts__lt=settings.INGESTION_MAX_ATTEMPTS)
            .update(claim=mine, heartbeat=now(), attempts=F("attempts") + 1)
        )
        return self.select_related("artifact").get(pk=pk, claim=mine) if taken else None

    def hand_back(self) -> int:
        """Give back what this process holds; being stopped in good order is no attempt."""
        mine = self.active().filter(claim__startswith=claims_here(os.getpid()))
        return mine.update(claim="", attempts=F("attempts") - 1)


class Version(models.Model):
    """One pinned state of an artifact, and how far it has come."""

    artifact = models.ForeignKey("Artifact", models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # becomes the artifact's when this version is published
    source_url = models.CharField(max_length=500)
    requested_revision = models.CharField(max_length=200, blank=True)
    revision = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=11, choices=State.choices, default=State.PENDING)
    reason = models.TextField(blank=True)
    reason_code = models.CharField(max_length=60, blank=True)
    is_retryable = models.BooleanField(default=False)

    # progress: what a person waiting wants to see
    stage = models.CharField(max_length=20, blank=True)
    files_done = models.PositiveIntegerField(default=0)
    files_total = models.PositiveIntegerField(null=True)
    bytes_done = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(null=True)

    # machinery: who works on it
    claim = models.CharField(max_length=100, blank=True, editable=False)  # host:pid:random
    heartbeat = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)

    # what it turned out to be
    size_bytes = models.BigIntegerField(null=True)
    license = models.CharField(max_length=255, blank=True)
    facts = models.JSONField(default=dict, help_text="artifacts.facts.Facts")
    notes = models.JSONField(default=list, help_text="A list of artifacts.models.notes.Note")
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    bundle_sha256 = models.CharField(max_length=64, blank=True)
    bundle_size_bytes = models.BigIntegerField(null=True)
    observations: models.ManyToManyField[Observation, Any] = models.ManyToManyField(
        Observation, related_name="versions"
    )

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created = models.DateTimeField(default=now, editable=False)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["artifact", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["artifact", "number"], name="version_numbers_differ"),
            models.UniqueConstraint(
                fields=["artifact"],
                condition=Q(state__in=ACTIVE),
                name="one_ingestion_per_artifact",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "heartbeat"], name="version_by_state"),
            models.Index(fields=["artifact", "revision"], name="version_by_revision"),
            models.Index(fields=["manifest_sha256"], name="version_by_manifest"),
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} v{self.number}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    def get_additional_data(self) -> dict[str, str | int]:
        """What each audit entry keeps beside the changes."""
        return {"artifact": self.artifact_id, "version": self.number}

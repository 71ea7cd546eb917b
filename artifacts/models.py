"""What exists, in which states, and which bytes it is made of."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timezone import now

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class ArtifactType(models.TextChoices):
    MODEL = "model", "Model"
    DATASET = "dataset", "Dataset"
    CODE = "code", "Code"


class State(models.TextChoices):
    """The states of a version; the docs draw the arrows between them."""

    PENDING = "PENDING", "Pending"
    FETCHING = "FETCHING", "Fetching"
    RATING = "RATING", "Rating"
    READY = "READY", "Ready"
    REJECTED = "REJECTED", "Rejected"
    FAILED = "FAILED", "Failed"
    QUARANTINED = "QUARANTINED", "Quarantined"


ACTIVE = (State.PENDING, State.FETCHING, State.RATING)
# Texts that no list ever needs; a listing that loads one of them is slow.
HEAVY_VERSION_FIELDS = ("facts", "notes")


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


class VersionQuerySet(models.QuerySet["Version"]):
    def light(self) -> VersionQuerySet:
        """Without the texts that no list needs."""
        return self.defer(*HEAVY_VERSION_FIELDS)

    def active(self) -> VersionQuerySet:
        return self.filter(state__in=ACTIVE)

    def stale(self) -> VersionQuerySet:
        """Active, but nobody has shown a sign of life for too long."""
        limit = now() - timedelta(seconds=settings.INGESTION_STALE_SECONDS)
        return self.active().filter(Q(heartbeat__lt=limit) | Q(heartbeat=None, created__lt=limit))

    def abandoned_here(self) -> list[Version]:
        """Claimed on this machine by a process that is gone: no need to wait for these."""
        here = self.active().filter(claim__startswith=_claims_here())
        return [version for version in here.light() if not _is_alive(version.claim)]

    def release_abandoned(self, version: Version) -> bool:
        """Free a version if the process of this machine that held it is gone."""
        is_here = version.claim.startswith(_claims_here())
        if not is_here or _is_alive(version.claim):
            return False
        return bool(self.active().filter(pk=version.pk, claim=version.claim).update(claim=""))

    def claim(self, pk: int) -> Version | None:
        """Take a version for this worker; None if another has it, or it is done.

        One conditional UPDATE. The claim is a fence as well: every later write of this
        worker names it, so a worker that was given up on can change nothing.
        """
        limit = now() - timedelta(seconds=settings.INGESTION_STALE_SECONDS)
        free = Q(claim="") | Q(heartbeat__lt=limit)
        mine = f"{_claims_here(os.getpid())}{uuid.uuid4().hex}"
        taken = (
            self.active()
            .filter(free, pk=pk, attempts__lt=settings.INGESTION_MAX_ATTEMPTS)
            .update(claim=mine, heartbeat=now(), attempts=F("attempts") + 1)
        )
        return self.select_related("artifact").get(pk=pk, claim=mine) if taken else None

    def hand_back(self) -> int:
        """Give back what this process holds; being stopped in good order is no attempt."""
        mine = self.active().filter(claim__startswith=_claims_here(os.getpid()))
        return mine.update(claim="", attempts=F("attempts") - 1)


def _claims_here(pid: int | None = None) -> str:
    """How the claims of this machine begin, or those of one of its processes."""
    return f"{socket.gethostname()[:40]}:" + ("" if pid is None else f"{pid}:")


def _is_alive(claim: str) -> bool:
    """Whether the process that made a claim on this machine still runs."""
    if not Path("/proc/self").exists():
        return True  # nobody can tell, so its heartbeat decides
    try:
        about = Path(f"/proc/{claim.split(':')[1]}/stat").read_text()
    except OSError:
        return False
    return about.rpartition(")")[2].split()[0] != "Z"  # dead, and its parent did not notice yet


class Version(models.Model):
    """One pinned state of an artifact, and how far it has come."""

    artifact = models.ForeignKey(Artifact, models.CASCADE, related_name="versions")
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
    facts = models.JSONField(default=dict)
    notes = models.JSONField(default=list, help_text="What the pipeline did, in words, with times.")
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    bundle_sha256 = models.CharField(max_length=64, blank=True)
    bundle_size_bytes = models.BigIntegerField(null=True)
    observations: models.ManyToManyField[Observation, Any] = models.ManyToManyField(
        "Observation", related_name="versions"
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


class Blob(models.Model):
    """Bytes, stored once under their digest."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    git_sha1 = models.CharField(max_length=40)
    # what a zip says in front of the bytes, so that bundles can be written in one go
    crc32 = models.BigIntegerField(null=True, editable=False)
    size_bytes = models.BigIntegerField()
    created = models.DateTimeField(default=now, editable=False)
    # since when no version refers to it; removed after a grace period
    orphaned = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return self.sha256[:12]


class Scan(models.TextChoices):
    """What looking at one file found; only ``clean`` and ``skipped`` are harmless."""

    PENDING = "pending", "Not looked at yet"
    CLEAN = "clean", "Clean"
    SKIPPED = "skipped", "Nothing to look for"
    SUSPICIOUS = "suspicious", "Suspicious"
    DANGEROUS = "dangerous", "Dangerous"
    ERROR = "error", "Could not be scanned"


class File(models.Model):
    """A path of a version, and the blob behind it."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="files")
    is_lfs = models.BooleanField(default=False)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.PENDING)
    findings = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager[File]] = models.Manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="one_file_per_path")
        ]

    def __str__(self) -> str:
        return self.path


class Observation(models.Model):
    """The facts of something an artifact names, at the revision that was read.

    Ratings look at linked datasets and code through these, so that they can be
    computed again years later without asking anybody. A row never changes its facts.
    """

    type = models.CharField(max_length=7, choices=ArtifactType.choices)
    # as it was named: a repository that moved answers under its old address as well
    source_url = models.CharField(max_length=500)
    revision = models.CharField(max_length=64)
    facts = models.JSONField()
    # when it was last read and found to be so
    collected = models.DateTimeField(default=now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["type", "source_url", "collected"], name="observation_by_place")
        ]

    def __str__(self) -> str:
        return f"{self.source_url}@{self.revision[:8]}"


class SearchDocument(models.Model):
    """The beginning of the README of a published artifact, for searching and nothing else.

    A table of its own: neither lists nor the rows they read ever carry these texts.
    """

    artifact = models.OneToOneField(
        Artifact, models.CASCADE, primary_key=True, related_name="search_document"
    )
    readme = models.TextField()

    objects: ClassVar[models.Manager[SearchDocument]] = models.Manager()

    def __str__(self) -> str:
        return f"README of {self.artifact_id}"

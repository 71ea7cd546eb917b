"""The words that rows of artifacts choose from."""

from __future__ import annotations

from django.db import models


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


class Scan(models.TextChoices):
    """What looking at one file found; only ``clean`` and ``skipped`` are harmless."""

    PENDING = "pending", "Not looked at yet"
    CLEAN = "clean", "Clean"
    SKIPPED = "skipped", "Nothing to look for"
    SUSPICIOUS = "suspicious", "Suspicious"
    DANGEROUS = "dangerous", "Dangerous"
    ERROR = "error", "Could not be scanned"

"""What of an artifact can be searched beside its name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from artifacts.models.artifact import Artifact


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

"""Which bytes a version is made of: blobs, and the files that point to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.timezone import now

from artifacts.models.choices import Scan
from artifacts.models.version import Version


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


class File(models.Model):
    """A path of a version, and the blob behind it."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="files")
    is_lfs = models.BooleanField(default=False)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.PENDING)
    findings = models.JSONField(
        default=list,
        blank=True,
        help_text="A list of artifacts.scanning.scan_findings.FileFinding, the worst first",
    )

    objects: ClassVar[models.Manager[File]] = models.Manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="one_file_per_path")
        ]

    def __str__(self) -> str:
        return self.path

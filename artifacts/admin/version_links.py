"""What admin lists of rows that belong to a version show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from artifacts.models import Artifact, Version
from common.admin import row_link

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


class VersionLinks:
    """For a ``ModelAdmin`` whose rows have a ``version``, fetched with its artifact."""

    @admin.display(description="Artifact", ordering="version__artifact__name")
    def artifact_link(self, row: Any) -> SafeString:
        artifact = row.version.artifact
        return row_link(Artifact, artifact.pk, artifact.name)

    @admin.display(description="Version")
    def version_link(self, row: Any) -> SafeString:
        return row_link(Version, row.version_id, row.version.number)

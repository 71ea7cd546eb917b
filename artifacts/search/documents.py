"""What of a README can be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifacts.models import SearchDocument

if TYPE_CHECKING:
    from artifacts.models import Version

# Longer READMEs are searched as far as this: a text that long is a book or a dump.
README_CHARACTERS = 128 * 1024


def searchable(readme: object) -> str:
    """The part of a README that is searched; PostgreSQL keeps no NUL."""
    return readme[:README_CHARACTERS].replace("\0", " ") if isinstance(readme, str) else ""


def index(version: Version) -> None:
    """Let the README of a version that became current be found; its name is always found."""
    text = searchable(version.facts.get("readme"))
    if text:
        SearchDocument.objects.update_or_create(
            artifact_id=version.artifact_id, defaults={"readme": text}
        )
    else:
        SearchDocument.objects.filter(artifact_id=version.artifact_id).delete()

"""The licence of what is here or named, read again from facts that were stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from artifacts.facts import Facts
from artifacts.lookup import ArtifactNotFound
from artifacts.models import Version
from ratings.licences import LicenceFindings, findings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTS = ("readme", "readme_path", "metadata_license")
PARTS = ("card", "documents")


def findings_of_version(version: Version) -> LicenceFindings:
    """What a version declares and holds of a licence; the texts are small, nobody is asked."""
    row = _light(Version.objects.filter(pk=version.pk)).first()
    if row is None:  # it was deleted a moment ago
        raise ArtifactNotFound(type=version.artifact.type, id=str(version.artifact_id))
    return findings_of(_facts(version.artifact.type, row))


def observed(version: Version, urls: Iterable[str]) -> dict[str, LicenceFindings]:
    """What the datasets and code that ``version`` names said of their licence when it arrived."""
    rows = _light(version.observations.filter(source_url__in=list(urls)), "type")
    return {row["source_url"]: findings_of(_facts(row["type"], row)) for row in rows}


def _light(rows: QuerySet[Any], *more: str) -> QuerySet[Any, dict[str, Any]]:
    """The few parts of stored facts that speak of a licence; the whole can have megabytes."""
    texts = {f"said_{name}": KT(f"facts__{name}") for name in TEXTS}
    parts = [f"facts__{name}" for name in PARTS]
    return rows.annotate(**texts).values("source_url", "revision", *more, *texts, *parts)


def _facts(type: str, row: dict[str, Any]) -> Facts:
    return Facts(
        type=type,
        url=row["source_url"],
        revision=row["revision"],
        readme=row["said_readme"],
        readme_path=row["said_readme_path"] or "",
        metadata_license=row["said_metadata_license"] or "",
        card=row["facts__card"] or {},
        documents=row["facts__documents"] or {},
    )

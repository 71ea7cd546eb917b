"""What exists, in which states, and which bytes it is made of."""

from artifacts.models.artifact import BY_SCORE, Artifact, ArtifactQuerySet
from artifacts.models.blob import Blob, File
from artifacts.models.choices import ACTIVE, ArtifactType, Scan, State
from artifacts.models.notes import Note, new_note
from artifacts.models.observation import Observation
from artifacts.models.search_document import SearchDocument
from artifacts.models.version import HEAVY_VERSION_FIELDS, Version, VersionQuerySet

__all__ = [
    "ACTIVE",
    "BY_SCORE",
    "HEAVY_VERSION_FIELDS",
    "Artifact",
    "ArtifactQuerySet",
    "ArtifactType",
    "Blob",
    "File",
    "Note",
    "Observation",
    "Scan",
    "SearchDocument",
    "State",
    "Version",
    "VersionQuerySet",
    "new_note",
]

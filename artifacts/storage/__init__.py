"""Where bytes live: content-addressed, streamed, checked while they pass."""

from artifacts.storage.blobs import (
    artifact_storage,
    have_blob,
    open_blob,
    probe,
    read_range,
    store_blob,
)
from artifacts.storage.errors import (
    DigestMismatch,
    ObjectMissing,
    SizeMismatch,
    StorageUnavailable,
)
from artifacts.storage.interface import ArtifactStorage, StoredObject, blob_key, bundle_key

__all__ = [
    "ArtifactStorage",
    "DigestMismatch",
    "ObjectMissing",
    "SizeMismatch",
    "StorageUnavailable",
    "StoredObject",
    "artifact_storage",
    "blob_key",
    "bundle_key",
    "have_blob",
    "open_blob",
    "probe",
    "read_range",
    "store_blob",
]

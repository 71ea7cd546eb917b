"""Errors of what is done to an artifact, each with a stable code."""

from __future__ import annotations

from common.errors import RegistryError


class InvalidName(RegistryError):
    code = "invalid_name"
    message = "{reason}"
    status = 400


class AlreadyRegistered(RegistryError):
    code = "already_registered"
    message = (
        "{url} is already here as {type} {id} ({name}). "
        "To fetch it again, update that artifact with refresh."
    )
    status = 409


class IngestionRunning(RegistryError):
    code = "ingestion_running"
    message = "A version of {name} is being ingested right now; wait for it to end."
    status = 409


class NothingToRetry(RegistryError):
    code = "nothing_to_retry"
    message = "Only a failed or rejected version can be tried again; this one is {state}."
    status = 409


class NotReady(RegistryError):
    code = "not_ready"
    message = "{what} is {state}, not ready."
    status = 409


class NotQuarantined(RegistryError):
    code = "not_quarantined"
    message = "{what} is not in quarantine."
    status = 409


class NotIngestedYet(RegistryError):
    """The reader may come back: ``retry_after`` is in seconds."""

    code = "not_ingested_yet"
    message = "{what} is still being ingested ({state}); ask again in {retry_after} seconds."
    status = 404


class OtherArtifact(RegistryError):
    code = "other_artifact"
    message = "{field} is {said!r}, but the address is about {expected!r}."
    status = 400


class TooManyQueries(RegistryError):
    code = "too_many_queries"
    message = "{count} queries are too many: at most {limit} are answered at once."
    status = 413


class IngestionFailed(RegistryError):
    code = "ingestion_failed"
    message = "{reason}"
    status = 424


class Disqualified(RegistryError):
    code = "disqualified"
    message = "{reason}"
    status = 424

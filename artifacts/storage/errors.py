"""What can go wrong between us and the place where bytes are kept."""

from __future__ import annotations

from typing import ClassVar

from common.errors import RegistryError


class StorageUnavailable(RegistryError):
    """The storage failed, not the bytes: the same step may well succeed later."""

    code = "storage_unavailable"
    message = "The storage does not work at the moment: {reason}."
    status = 503
    is_retryable: ClassVar[bool] = True


class ObjectMissing(RegistryError):
    code = "object_missing"
    message = "The storage has lost {key}."
    status = 500
    is_retryable: ClassVar[bool] = False


class DigestMismatch(RegistryError):
    """What arrived is not what was promised; a second transfer often is."""

    code = "digest_mismatch"
    message = "The bytes hash to {actual}, but {expected} was promised."
    status = 422
    is_retryable: ClassVar[bool] = True


class SizeMismatch(RegistryError):
    code = "size_mismatch"
    message = "{actual} bytes arrived, but {expected} were promised."
    status = 422
    is_retryable: ClassVar[bool] = True

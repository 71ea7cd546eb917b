"""The job of a reset under the name that queues and failures of older databases have for it."""

from registry.operations.reset import clear_storage

__all__ = ["clear_storage"]

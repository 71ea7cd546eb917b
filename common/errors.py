"""Failures we expect and can explain, to a person and to a program.

Apps define their own subclasses next to the code that raises them; the code of each
is stable and documented in docs/errors.md.
"""

from __future__ import annotations

from typing import Any, ClassVar


class RegistryError(Exception):
    """A failure we expect and can explain, to a person and to a program."""

    code: ClassVar[str] = "registry_error"
    message: ClassVar[str] = "The registry could not do this."
    status: ClassVar[int] = 400

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.message.format(**details))

    def headers(self) -> dict[str, str]:
        """What the answer says beside its body; ``retry_after`` seconds become a header."""
        wait = self.details.get("retry_after")
        return {} if wait is None else {"Retry-After": str(max(1, round(wait)))}


class InvalidInput(RegistryError):
    code = "invalid_input"
    message = "{reason}"
    status = 400


class NotFound(RegistryError):
    code = "not_found"
    message = "{what} does not exist."
    status = 404

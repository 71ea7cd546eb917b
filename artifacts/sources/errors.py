"""What can go wrong between a pasted URL and the facts, each in words for a person."""

from __future__ import annotations

from typing import ClassVar

from common.errors import RegistryError


class UnrecognisedUrl(RegistryError):
    """No source understands this address, or it is not the address of a repository."""

    code = "unrecognised_url"
    message = "{reason}"
    status = 400
    is_retryable: ClassVar[bool] = False


class SourceError(RegistryError):
    """A source did not give what was asked; ``is_retryable`` says whether waiting may help."""

    code = "source_error"
    message = "{source}: {reason}"
    status = 502
    is_retryable: ClassVar[bool] = False

    @property
    def wait_seconds(self) -> int | None:
        """How long the source asked to wait; None where it did not say."""
        asked = self.details.get("wait_seconds")
        return None if asked is None else int(asked)


class SourceNotFound(SourceError):
    code = "source_not_found"
    message = "{source} has no {what}, or it is private."
    status = 404


class SourceForbidden(SourceError):
    code = "source_forbidden"
    message = "{source} refuses access: {reason}"


class SourceRateLimited(SourceError):
    """``retry_after`` is the number of seconds to wait, a guess where the source did not say."""

    code = "source_rate_limited"
    message = "{source} limits how often we may ask; it can be tried again in {retry_after} s."
    status = 429
    is_retryable = True

    @property
    def retry_after(self) -> int:
        return int(self.details["retry_after"])


class SourceUnavailable(SourceError):
    code = "source_unavailable"
    message = "{source} did not answer properly: {reason}"
    is_retryable = True


class SourceTooSlow(SourceUnavailable):
    """All the time there is was used up, so a second try at once would end the same way."""


class SourceBroken(SourceError):
    """The answer arrived and cannot be right; asking again at once would not change it."""

    code = "source_broken"
    message = "{source} sent something unusable: {reason}"


class SourceTruncated(SourceBroken):
    """A body ended early, which a second try often mends."""

    code = "source_truncated"
    is_retryable = True


class SourceTooLarge(SourceBroken):
    code = "source_too_large"
    message = "{source} has more than this registry accepts: {reason}"


class UnsafePath(SourceBroken):
    code = "unsafe_path"
    message = "{source} lists a file name that is not safe to keep: {path!r}"


class AddressRefused(SourceBroken):
    """The one answer to every address that is not configured, at any hop."""

    code = "address_refused"
    message = "{source} points to {address}, which this registry does not call: {reason}"

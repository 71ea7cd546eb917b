"""What accounts and tokens say no with."""

from __future__ import annotations

from rest_framework import exceptions

from common.errors import RegistryError


class TokenError(RegistryError, exceptions.AuthenticationFailed):
    """Nobody could be recognised. Always 403, as the contract has it, never 401.

    DRF must see one of its own exceptions, or its browsable pages would
    authenticate again while they render the refusal.
    """

    code = "token_invalid"
    message = "This token is not valid here. Sign in again."
    status = 403


class TokenMissing(TokenError):
    code = "token_missing"
    message = "A token is needed: X-Authorization: bearer <token>."


class TokenMalformed(TokenError):
    code = "token_malformed"
    message = "The header must read: X-Authorization: bearer <token>."


class TokenExpired(TokenError):
    code = "token_expired"
    message = "This token has expired. Sign in again."


class TokenRevoked(TokenError):
    code = "token_revoked"
    message = "This token was revoked."


class TokenUsedUp(TokenError):
    code = "token_used_up"
    message = "This token has made its {limit} calls. Sign in again."


class AccountDisabled(TokenError):
    code = "account_disabled"
    message = "This account is disabled. An admin can enable it."


class CsrfFailed(TokenError):
    code = "csrf_failed"
    message = "The CSRF token is missing or wrong: {reason}"


class Refused(RegistryError, exceptions.PermissionDenied):
    """Somebody who is known may not do this. DRF's pages then leave the form out."""

    status = 403


class RoleTooLow(Refused):
    code = "role_too_low"
    message = "This needs the role {needed}; yours is {actual}."
    status = 403


class NotYours(Refused):
    code = "not_yours"
    message = "Only its owner, as an uploader, or an admin may do this."
    status = 403


class WrongCredentials(RegistryError):
    code = "wrong_credentials"
    message = "The name, the password or is_admin is wrong."
    status = 401

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="Model Registry"'}


class UsernameTaken(RegistryError):
    code = "username_taken"
    message = "The name {username} is taken."
    status = 409


class PasswordRefused(RegistryError):
    code = "password_refused"
    message = "{reason}"
    status = 400


class UsernameRefused(RegistryError):
    code = "username_refused"
    message = "{reason}"
    status = 400


class LastAdmin(RegistryError):
    code = "last_admin"
    message = "{username} is the last admin; make somebody else an admin first."
    status = 409


class ScopeTooWide(RegistryError):
    code = "scope_too_wide"
    message = "A token may do at most what you may: {actual}, not {wanted}."
    status = 403


class SignInNeeded(RegistryError):
    code = "sign_in_needed"
    message = "This needs a sign-in with the password; a long-lived token is not enough."
    status = 403


class TooManyTokens(RegistryError):
    code = "too_many_tokens"
    message = "At most {limit} tokens can be in use; revoke one first."
    status = 409

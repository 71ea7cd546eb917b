"""What a password must have."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.errors import PasswordRefused
from accounts.models import User

LONGEST = 256  # characters; argon2 has work to do for each of them


class DigitAndSpecialValidator:
    """At least one digit and one character that is neither letter, digit nor space."""

    def validate(self, password: str, user: Any = None) -> None:
        kinds = {unicodedata.category(char)[0] for char in password}
        if "N" not in kinds or not kinds & {"P", "S"}:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return "The password needs a digit and a special character."


def check_password_rules(password: str, user: User) -> None:
    """Raises PasswordRefused, with every reason, unless ``user`` may have this password."""
    if len(password) > LONGEST:
        raise PasswordRefused(reason=f"The password may have {LONGEST} characters at most.")
    if "\0" in password:
        raise PasswordRefused(reason="The password contains a NUL character.")
    try:
        validate_password(password, user)
    except ValidationError as exc:
        raise PasswordRefused(reason=" ".join(exc.messages)) from exc

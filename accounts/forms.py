"""What people type about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.errors import PasswordRefused
from accounts.models import Role, User
from accounts.passwords import LONGEST, check_password_rules
from accounts.tokens import DEFAULT_DAYS, LONGEST_DAYS

_NAME = {"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}
_OLD = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}
_RULES = "At least 8 characters, with a digit and a special character."


class LoginForm(forms.Form):
    username = forms.CharField(label="Name", max_length=150, widget=forms.TextInput(_NAME))
    password = forms.CharField(
        label="Password", max_length=LONGEST, strip=False, widget=forms.PasswordInput(_OLD)
    )


class SignUpForm(forms.Form):
    username = forms.CharField(label="Name", max_length=150, widget=forms.TextInput(_NAME))
    password = forms.CharField(
        label="Password",
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(_NEW),
        help_text=_RULES,
    )


class PasswordForm(forms.Form):
    """The old password proves who asks; the new one keeps the rules."""

    old = forms.CharField(
        label="Password now", max_length=LONGEST, strip=False, widget=forms.PasswordInput(_OLD)
    )
    password = forms.CharField(
        label="New password",
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(_NEW),
        help_text=f"{_RULES} All other sessions end.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise ValidationError("This is not your password.")
        return str(self.cleaned_data["old"])

    def clean_password(self) -> str:
        try:
            check_password_rules(self.cleaned_data["password"], self.user)
        except PasswordRefused as exc:
            raise ValidationError(str(exc)) from exc
        return str(self.cleaned_data["password"])


class TokenForm(forms.Form):
    """A name to recognise it by, at most one's own role, and an end."""

    name = forms.CharField(label="What it is for", max_length=100)
    role = forms.ChoiceField(label="It may")
    days = forms.IntegerField(
        label="Days until it expires", min_value=1, max_value=LONGEST_DAYS, initial=DEFAULT_DAYS
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rank = user.effective_role.rank
        choices = [(role.value, role.label) for role in reversed(Role) if role.rank <= rank]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class PeopleForm(forms.Form):
    """How an admin narrows the list of people."""

    q = forms.CharField(label="Name", required=False, max_length=150)
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Any"), *Role.choices])
    state = forms.ChoiceField(
        label="May sign in",
        required=False,
        choices=[("", "Either"), ("active", "Yes"), ("disabled", "No: disabled")],
    )

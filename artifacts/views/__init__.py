"""The pages about artifacts: parse, call one thing, render."""

from __future__ import annotations

from accounts.models import User
from common.htmx import HtmxRequest


class MemberRequest(HtmxRequest):
    """A request behind ``require_role``: somebody is signed in."""

    user: User

"""Stored JSON as an operator reads it: short, and never as markup."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import truncatechars
from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.safestring import SafeString

LONGEST_FACT = 300


def listed(pattern: str, rows: Sequence[tuple[object, ...]]) -> SafeString | None:
    """The rows as a list, each through ``pattern``; None if there are none."""
    if not rows:
        return None
    return format_html("<ul>{}</ul>", format_html_join("", f"<li>{pattern}</li>", rows))


def facts_in_short(facts: dict[str, Any]) -> SafeString | None:
    """Each fact with the beginning of what it says; whole READMEs are for the site."""
    rows = [
        (name, truncatechars(json.dumps(value, ensure_ascii=False), LONGEST_FACT))
        for name, value in facts.items()
        if value not in (None, "", [], {})
    ]
    return listed("<strong>{}</strong> <code>{}</code>", rows)

"""Values as people read them: sizes with units, moments with zones, shares as percents."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from artifacts.facts.devices import DEVICES
from artifacts.models import State
from artifacts.scanning import scan_findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

register = template.Library()

NO_BREAK = "\u00a0"
_STATE_KINDS = {
    State.PENDING: "waiting",
    State.FETCHING: "busy",
    State.RATING: "busy",
    State.READY: "good",
    State.REJECTED: "bad",
    State.FAILED: "bad",
    State.QUARANTINED: "warn",
}

_DEVICES = {device.name: device.label for device in DEVICES}


@register.filter
def has_role(user: User | AnonymousUser, role: str) -> bool:
    """Whether ``user`` may do what ``role`` may; a stranger may nothing."""
    return user.is_authenticated and user.has_role(role)


@register.filter
def size(size_bytes: float | None) -> str:
    """A number of bytes in decimal units, as download tools count them: ``268 MB``."""
    if size_bytes is None:
        return "size unknown"
    amount = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 999.5 or unit == "TB":
            break
        amount /= 1000
    digits = 0 if unit == "bytes" or amount >= 99.5 else 1
    if unit == "bytes" and amount == 1:
        unit = "byte"
    return f"{amount:.{digits}f}{NO_BREAK}{unit}"


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 as whole percents; never rounds up to a full 100."""
    if share is None:
        return "unknown"
    whole = min(99, round(share * 100)) if share < 1 else 100
    return f"{whole}{NO_BREAK}%"


@register.filter
def score(value: float | None) -> str:
    """A score with two digits, or the word for not knowing."""
    return "unknown" if value is None else f"{value:.2f}"


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """A moment that reads in UTC by itself and in the reader's own zone with JavaScript."""
    if moment is None:
        return ""
    moment = localtime(moment)
    stamp = moment.isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', stamp, f"{moment:%-d %b %Y, %H:%M} UTC")


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """Like ``when``, shown as a distance from now where JavaScript runs."""
    if moment is None:
        return ""
    moment = localtime(moment)
    stamp = moment.isoformat(timespec="seconds")
    return format_html(
        '<time datetime="{}" data-relative>{}</time>', stamp, f"{moment:%-d %b %Y} UTC"
    )


@register.filter
def short(digest: str) -> str:
    """The beginning of a digest, enough to recognise it."""
    return digest[:12]


@register.filter
def in_sentences(finding: Mapping[str, object]) -> str:
    """What the scan found in a file, where, and why it matters."""
    return scan_findings.in_sentences(finding)


@register.filter
def state_kind(state: str) -> str:
    """Which badge a state wears: good, bad, warn, busy or waiting."""
    return _STATE_KINDS[State(state)]


@register.filter
def in_words(code: str) -> str:
    """``dataset_and_code_score`` as ``dataset and code score``."""
    return code.replace("_", " ")


_UNITS = {"_ms": "ms", "_seconds": "s"}


@register.filter
def without_unit(name: str) -> str:
    """``latency_ms`` as ``latency``: ``with_unit`` says the unit beside the value."""
    ending = next((ending for ending in _UNITS if name.endswith(ending)), "")
    return in_words(name.removesuffix(ending))


@register.filter
def with_unit(value: float, name: str) -> str:
    """A figure with the unit that its name ends in: ``16.7 ms``."""
    unit = next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")
    return f"{value:g}{NO_BREAK}{unit}" if unit else f"{value:g}"


@register.simple_tag
def query(given: Mapping[str, str], **changes: str | int | None) -> str:
    """The query string of ``given`` with ``changes``; empty values are left out."""
    merged = {**given, **changes}
    kept = {key: value for key, value in merged.items() if value not in (None, "")}
    return f"?{urlencode(kept)}" if kept else "?"


@register.filter
def hundredths(share: float) -> str:
    """A share from 0 to 1 as a length of 100 units, for drawings."""
    return f"{share * 100:.1f}"


@register.filter
def seconds(value: float) -> str:
    """A duration with the unit that suits it."""
    return f"{value:.1f}{NO_BREAK}s" if value >= 1 else f"{value * 1000:.1f}{NO_BREAK}ms"


@register.filter
def device(name: str) -> str:
    """The name of a machine of the size score as people write it."""
    return _DEVICES.get(name, in_words(name).capitalize())


@register.filter
def in_plain_words(slug: str) -> str:
    """``weak-copyleft`` as ``Weak copyleft``."""
    return slug.replace("-", " ").capitalize()

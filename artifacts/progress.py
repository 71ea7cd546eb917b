"""How far a version has come, in the words of somebody who waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifacts import sources
from artifacts.models import State

if TYPE_CHECKING:
    from artifacts.models import Version

# The stages of the pipeline in order: its name on the row, and what it does.
STAGES = (
    ("collect", "Read what the source says"),
    ("fetch", "Fetch the files"),
    ("scan", "Scan for code and secrets"),
    ("read_linked", "Read the data and code it names"),
    ("link", "Link it to what it was made from"),
    ("rate", "Measure"),
    ("publish", "Publish"),
)
_ADVICE = {
    "source_not_found": "Check the spelling. For a private one an admin can set a token.",
    "source_forbidden": "It is private or gated. An admin can set a token that may read it.",
    "source_rate_limited": "Wait a little, then try again.",
    "source_unavailable": "This often passes by itself. Try again.",
    "source_truncated": "The transfer broke off. Try again.",
    "source_too_large": "An admin can raise the limit if it is worth it.",
    "unsafe_path": "The repository itself is broken or hostile. Do not use it.",
    "disqualified": "Fix what is named at the source and try again, or ask an admin.",
    "internal_error": "This is our mistake. An admin finds the details in the log.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage as a waiting person sees it: done, now, or still to come."""

    label: str
    status: str


def steps(version: Version) -> list[Step]:
    """All stages of ``version``; the one it is in, or stopped in, is ``now``."""
    if version.state == State.READY:
        return [Step(label, "done") for _, label in STAGES]
    names = [name for name, _ in STAGES]
    at = names.index(version.stage) if version.stage in names else -1
    return [
        Step(label, "done" if index < at else "now" if index == at else "todo")
        for index, (_, label) in enumerate(STAGES)
    ]


def headline(version: Version) -> str:
    """One sentence that changes only when something worth saying happened."""
    if version.state == State.PENDING and not version.stage:
        return "Waiting for a worker."
    if version.is_active:
        return f"{dict(STAGES).get(version.stage, 'Working')}."
    return f"{version.get_state_display()}."


def advice(version: Version) -> str:
    """What can be done about a version that did not arrive; empty if there is nothing to say."""
    if version.state == State.QUARANTINED:
        return "Only admins see it. Nothing of it is lost, and a release brings it back as it was."
    if version.reason_code == "disqualified" and not sources.is_outside(version.source_url):
        return "Fix what is named in your files and upload them again, or ask an admin."
    return _ADVICE.get(version.reason_code, "")

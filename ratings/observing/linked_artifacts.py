"""Which of the linked artifacts a question about code or data is asked of."""

from __future__ import annotations

from artifacts.facts import Facts
from artifacts.facts.link_words import GENERAL_TOOLS


def code_repository(facts: Facts) -> Facts | None:
    """The repository that holds the code of ``facts``: itself, or the first one it names.

    Sources list references from structured metadata before those of the prose, so the
    first is the one its authors stand behind.
    """
    if facts.type == "code":
        return facts
    found = _in_order(facts, "code")
    own = [code for code in found if not is_general_tool(code.url)]
    return next(iter(own or found), None)


def code_problem(facts: Facts) -> str:
    """Why the code that ``facts`` names could not be read; '' when none is named or it was."""
    if code_repository(facts) is not None:
        return ""
    for reference in facts.references:
        if reference.kind == "code" and reference.url in facts.linked_problems:
            why = facts.linked_problems[reference.url]
            return f"the code repository {reference.url} could not be read: {why}"
    return ""


def datasets(facts: Facts) -> tuple[Facts, ...]:
    """The datasets that can be judged: itself, or all that were read for it."""
    return (facts,) if facts.type == "dataset" else tuple(_in_order(facts, "dataset"))


def is_general_tool(url: str) -> bool:
    """Whether ``url`` is a repository that serves thousands of models."""
    return slug(url) in GENERAL_TOOLS


def slug(url: str) -> str:
    """``owner/name`` of an address, in small letters."""
    return "/".join(url.casefold().rstrip("/").rsplit("/", 2)[-2:])


def _in_order(facts: Facts, kind: str) -> list[Facts]:
    order = {
        reference.url: position
        for position, reference in reversed(list(enumerate(facts.references)))
    }
    found = [linked for linked in facts.linked if linked.type == kind]
    return sorted(found, key=lambda linked: order.get(linked.url, len(order)))

"""What disagrees about an artifact's licence, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ratings.licences.data.tables import says, table
from ratings.licences.declared.agreement import agree
from ratings.licences.declared.expression import Declared
from ratings.licences.detection.detected import Detection
from ratings.licences.terms.of_expression import all_of, permissions
from ratings.licences.terms.stricter import of_words, taken_away

Severity = Literal["contradiction", "warning", "info"]
ORDER: dict[Severity, int] = {"contradiction": 0, "warning": 1, "info": 2}

SEVERAL = 0.9  # a whole text, but one of several in its file, or known by its title
HINT = 0.7  # prose below this is about something else as often as not
MOST_HINTS = 20


@dataclass(frozen=True, slots=True)
class LicenceFinding:
    """One thing that a reader should know, and where to look.

    ``is_stricter`` says that a file takes away what the declaration gives.
    """

    code: str
    severity: Severity
    message: str
    path: str = ""
    line: int = 0
    is_stricter: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """What is declared beside what the files hold, the surest first.

    Of what is ``seen``, ``texts`` are certain and ``near`` ones altered; both are the artifact's.
    """

    declared: Declared
    seen: tuple[Detection, ...]
    texts: tuple[Detection, ...]
    near: tuple[Detection, ...]

    @property
    def detected(self) -> str:
        """All certain texts: nobody said that one may choose among them."""
        return all_of(each.spdx for each in self.texts)


def disagreements(
    sides: Sides, looked_at: Sequence[str], unreadable: Sequence[str]
) -> tuple[LicenceFinding, ...]:
    """What disagrees and what is missing, the gravest first."""
    found = [
        *_contradictions(sides),
        *_near(sides),
        *_softer(sides),
        *(replace(_found("unreadable", path=path), path=path) for path in unreadable),
        *_gaps(sides),
    ]
    if not (sides.declared.is_stated or sides.seen or unreadable):
        where = ", ".join(looked_at) or "no licence file and no README"
        found.append(_found("nothing_stated", where=where))
    return tuple(sorted(found, key=lambda each: (ORDER[each.severity], not each.is_stricter)))


def _contradictions(sides: Sides) -> Iterator[LicenceFinding]:
    declared = sides.declared.expression
    for each in sides.texts:
        if declared and not agree(declared, each.spdx):
            begins = f", which begins “{each.quote}”" if each.quote else ""
            finding = _found("text_contradicts", each, declared=declared, begins=begins)
            yield _against(finding, taken_away(permissions(declared), permissions(each.spdx)))
    for each in sides.texts[1:]:
        first = sides.texts[0]
        if each.path != first.path and not agree(first.spdx, each.spdx):
            yield _found("several_texts", each, first=first)


def _near(sides: Sides) -> Iterator[LicenceFinding]:
    """Texts of the artifact that are near a licence and not it."""
    declared = sides.declared.expression
    given = permissions(declared)
    for each in sides.near:
        left = of_words(each.quote, is_restricting=each.is_restricting)
        taken = (*taken_away(given, permissions(each.spdx)), *taken_away(given, left))
        if not declared:
            yield _found("altered_text, undeclared", each)
        elif agree(declared, each.spdx):
            yield _against(_found("altered_text", each, declared=declared), taken)
        else:
            yield _against(_found("text_contradicts, altered", each, declared=declared), taken)


def _against(finding: LicenceFinding, taken: tuple[str, ...]) -> LicenceFinding:
    """A finding about a text, which is stricter than the declaration where it takes something."""
    if not taken:
        return finding
    what = " and ".join(dict.fromkeys(taken))
    message = f"{finding.message}; what is declared permits {what}, this does not"
    return replace(finding, message=message, is_stricter=True)


def _softer(sides: Sides) -> list[LicenceFinding]:
    """Hints that disagree: prose, several texts in one file, texts of parts."""
    known = sides.declared.expression or sides.detected
    rest = (each for each in sides.seen if each not in sides.texts and each not in sides.near)
    return [finding for each in rest if (finding := _hint(known, each))][:MOST_HINTS]


def _hint(known: str, each: Detection) -> LicenceFinding | None:
    if each.is_text and not each.is_own:
        return _of_part(known, each)
    if not known or agree(known, each.spdx):
        return None
    if each.is_text:
        return _found("also_holds", each, known=known)
    if each.confidence < HINT:
        return None
    return _found("prose_differs", each, known=known, note=each.note and f": “{each.note}”")


def _of_part(known: str, each: Detection) -> LicenceFinding | None:
    """A file at the root about a part of the artifact; those of folders and notices are others'."""
    if "/" in each.path or says("borrowed", each.path) or not known:
        return None
    if each.is_altered:
        return _found("part_differs, altered", each)
    return None if agree(known, each.spdx) else _found("part_differs", each, known=known)


def _gaps(sides: Sides) -> Iterator[LicenceFinding]:
    """A declaration that nobody knows, one without its text, a text without a declaration."""
    declared = sides.declared
    if declared.stated and not declared.is_known:
        yield _found("unknown_declaration", reason=declared.reason)
    if declared.expression and not _has_its_text(sides):
        yield _found("declared_without_text", declared=declared.expression)
    first = next((each for each in sides.seen if not each.is_altered), None)
    if first and not declared.is_stated:
        yield _found("not_declared", first)


def _has_its_text(sides: Sides) -> bool:
    """Whether some file holds the terms that are declared, or what was made of them."""
    return bool(sides.texts or sides.near) or any(
        each.is_text and each.confidence >= SEVERAL and agree(sides.declared.expression, each.spdx)
        for each in sides.seen
    )


def _found(name: str, seen: Detection | None = None, **words: object) -> LicenceFinding:
    """The finding that ``messages.json`` keeps under a name, at the place of what was seen."""
    row = table("messages")["findings"][name]
    message = row["message"].format(seen=seen, **words)
    finding = LicenceFinding(row.get("code", name), row["severity"], message)
    if seen is None:
        return finding
    return replace(finding, path=seen.path, line=seen.quote_line or seen.first_line)

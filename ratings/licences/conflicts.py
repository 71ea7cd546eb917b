"""What disagrees about an artifact's licence, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from ratings.licences.data.tables import says
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

    def to_json(self) -> dict[str, object]:
        return asdict(self)


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


def conflicts(
    sides: Sides, looked_at: Sequence[str], unreadable: Sequence[str]
) -> tuple[LicenceFinding, ...]:
    """What disagrees and what is missing, the gravest first."""
    found = [
        *_contradictions(sides),
        *_near(sides),
        *_softer(sides),
        *(LicenceFinding("unreadable", "warning", f"{p} could not be read", p) for p in unreadable),
        *_gaps(sides),
    ]
    is_silent = not sides.declared.is_stated and not sides.seen and not unreadable
    if is_silent:
        where = ", ".join(looked_at) or "no licence file and no README"
        message = f"nothing is stated after looking everywhere ({where})"
        found.append(LicenceFinding("nothing_stated", "warning", message))
    return tuple(sorted(found, key=lambda each: (ORDER[each.severity], not each.is_stricter)))


def _contradictions(sides: Sides) -> Iterator[LicenceFinding]:
    declared = sides.declared.expression
    for each in sides.texts:
        if declared and not agree(declared, each.spdx):
            said = f", which begins “{each.quote}”" if each.quote else ""
            message = (
                f"{declared} is declared, but {each.path} holds {each.spdx}"
                f" ({each.confidence:.0%} sure){said}"
            )
            taken = taken_away(permissions(declared), permissions(each.spdx))
            yield _against("text_contradicts", "contradiction", message, each, taken)
    for each in sides.texts[1:]:
        first = sides.texts[0]
        if each.path != first.path and not agree(first.spdx, each.spdx):
            message = f"{first.path} holds {first.spdx}, {each.path} holds {each.spdx}"
            yield _at("several_texts", "warning", message, each)


def _near(sides: Sides) -> Iterator[LicenceFinding]:
    """Texts of the artifact that are near a licence and not it."""
    declared = sides.declared.expression
    given = permissions(declared)
    for each in sides.near:
        words = f"words of its own: “{each.quote}”"
        left = of_words(each.quote, is_restricting=each.is_restricting)
        taken = (*taken_away(given, permissions(each.spdx)), *taken_away(given, left))
        if not declared:
            message = f"{each.path} is near {each.spdx}, but not it: it has {words}"
            yield _at("altered_text", "warning", message, each)
        elif agree(declared, each.spdx):
            message = f"{declared} is declared, but its text in {each.path} has {words}"
            yield _against("altered_text", "warning", message, each, taken)
        else:
            message = f"{declared} is declared, but {each.path} is near {each.spdx} and has {words}"
            yield _against("text_contradicts", "contradiction", message, each, taken)


def _against(
    code: str, severity: Severity, message: str, detection: Detection, taken: tuple[str, ...]
) -> LicenceFinding:
    """A finding about a text, which is stricter than the declaration where it takes something."""
    if taken:
        what = " and ".join(dict.fromkeys(taken))
        message = f"{message}; what is declared permits {what}, this does not"
    return replace(_at(code, severity, message, detection), is_stricter=bool(taken))


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
        message = f"{known} applies, but {each.path} also holds {each.spdx}"
        return _at("also_holds", "warning", message, each)
    if each.confidence < HINT:
        return None
    message = f"{known} applies, but {each.path} says {each.spdx}"
    message += f": “{each.note}”" if each.note else ""
    return _at("prose_differs", "warning", message, each)


def _of_part(known: str, each: Detection) -> LicenceFinding | None:
    """A file at the root about a part of the artifact; those of folders and notices are others'."""
    if "/" in each.path or says("borrowed", each.path) or not known:
        return None
    if each.is_altered:
        message = f"{each.path} is near {each.spdx}, but has words of its own: “{each.quote}”"
    elif not agree(known, each.spdx):
        message = f"{known} applies, but {each.path} holds {each.spdx}"
    else:
        return None
    return _at("part_differs", "warning", message, each)


def _gaps(sides: Sides) -> Iterator[LicenceFinding]:
    """A declaration that nobody knows, one without its text, a text without a declaration."""
    declared = sides.declared
    if declared.stated and not declared.is_known:
        yield LicenceFinding("unknown_declaration", "warning", declared.reason)
    if declared.expression and not _has_its_text(sides):
        message = f"{declared.expression} is declared without its text"
        yield LicenceFinding("declared_without_text", "info", message)
    first = next((each for each in sides.seen if not each.is_altered), None)
    if first and not declared.is_stated:
        message = f"nothing is declared; {first.path} gives {first.spdx}"
        yield _at("not_declared", "info", message, first)


def _has_its_text(sides: Sides) -> bool:
    """Whether some file holds the terms that are declared, or what was made of them."""
    return bool(sides.texts or sides.near) or any(
        each.is_text and each.confidence >= SEVERAL and agree(sides.declared.expression, each.spdx)
        for each in sides.seen
    )


def _at(code: str, severity: Severity, message: str, detection: Detection) -> LicenceFinding:
    line = detection.quote_line or detection.first_line
    return LicenceFinding(code, severity, message, detection.path, line)

"""Declared against detected: what an artifact's licence really seems to be, and what disagrees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from ratings.licences.declared.agreement import agree, sharper
from ratings.licences.declared.expression import Declared
from ratings.licences.detection.detect import Detection
from ratings.licences.terms.categories import permissions
from ratings.licences.terms.stricter import OWN_TERMS, of_words, taken_away

Severity = Literal["contradiction", "warning", "info"]

SEVERAL = 0.9  # a whole text, but one of several in its file, or known by its title
BORROWED = re.compile(r"notice|third|patent|vendor|bundled|dependenc", re.IGNORECASE)
# A file about a part of the artifact: LICENSE-CODE, MODEL_LICENSE, LICENSE.data.txt.
PART = re.compile(
    r"(?:^|[-_. ])(?:codes?|data|datasets?|models?|weights?|docs?|documentation|images?|assets?"
    r"|fonts?|media|content|samples?|examples?)(?=$|[-_. ])",
    re.IGNORECASE,
)
HINT = 0.7  # prose below this is about something else as often as not


@dataclass(frozen=True, slots=True)
class Finding:
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
class LicenceFindings:
    """Both sides of an artifact's licence and what follows from them.

    ``expression`` is what applies ('' when unknown), with ``reason`` and ``confidence``.
    ``looked_at`` names the files that were read; ``unreadable`` those that could not be.
    """

    declared: Declared
    detections: tuple[Detection, ...] = ()
    expression: str = ""
    reason: str = ""
    confidence: float = 0.0
    findings: tuple[Finding, ...] = ()
    looked_at: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def has_contradiction(self) -> bool:
        return any(finding.severity == "contradiction" for finding in self.findings)

    @property
    def has_own_terms(self) -> bool:
        """Whether a text of its own is near a licence and not it."""
        return any(each.is_altered and is_own(each) for each in self.detections)

    @property
    def is_contested(self) -> bool:
        """Whether a text contradicts the declaration, or has words that its licence has not."""
        return self.has_contradiction or self.has_own_terms

    @property
    def name(self) -> str:
        """What applies, as people say it."""
        if OWN_TERMS not in self.expression:
            return self.expression
        plain = self.expression.replace(f" AND {OWN_TERMS}", "")
        return f"{plain}, with terms of its own"

    @property
    def has_text(self) -> bool:
        """Whether the terms themselves are in the repository."""
        return any(each.is_text and each.confidence >= 0.8 for each in self.detections)

    @property
    def is_stated(self) -> bool:
        """Whether anything at all is said about a licence."""
        return bool(self.declared.stated or self.declared.expression or self.detections)

    def to_json(self) -> dict[str, object]:
        return {
            "declared": self.declared.to_json(),
            "detected": [each.to_json() for each in self.detections],
            "expression": self.expression,
            "reason": self.reason,
            "confidence": self.confidence,
            "findings": [each.to_json() for each in self.findings],
            "has_contradiction": self.has_contradiction,
            "has_text": self.has_text,
            "is_stated": self.is_stated,
            "looked_at": list(self.looked_at),
            "unreadable": list(self.unreadable),
        }


def assess(
    declared: Declared,
    detections: Iterable[Detection],
    *,
    looked_at: Sequence[str] = (),
    unreadable: Sequence[str] = (),
) -> LicenceFindings:
    """What applies to an artifact, from what it declares and what its files hold."""
    seen = tuple(sorted(detections, key=lambda each: (-each.confidence, each.path.count("/"))))
    texts = [each for each in seen if each.is_certain and is_own(each)]
    near = [each for each in seen if each.is_altered and is_own(each)]
    expression, reason, confidence = _effective(declared, texts, near, seen)
    findings = [
        *_contradictions(declared, texts),
        *_near(declared, near),
        *_softer(declared, seen, texts, near),
        *_gaps(declared, seen, texts, looked_at, unreadable),
    ]
    order = {"contradiction": 0, "warning": 1, "info": 2}
    return LicenceFindings(
        declared,
        seen,
        expression,
        reason,
        confidence,
        tuple(sorted(findings, key=lambda each: (order[each.severity], not each.is_stricter))),
        tuple(looked_at),
        tuple(unreadable),
    )


def is_own(detection: Detection) -> bool:
    """Whether a file speaks for the whole artifact: at its root, or where REUSE keeps licences.

    A notice is about the works of others that are inside, other files about a part of it.
    """
    *folders, name = detection.path.split("/")
    if BORROWED.search(name) or PART.search(name):
        return False
    return not folders or [folder.upper() for folder in folders] == ["LICENSES"]


def _effective(
    declared: Declared, texts: list[Detection], near: list[Detection], seen: tuple[Detection, ...]
) -> tuple[str, str, float]:
    """What applies: a text near a licence is never that licence, and makes the whole unknown."""
    if not near:
        return _effective_of_texts(declared, texts, seen)
    first = near[0]
    where = f"{first.path} is near {first.spdx}, but has words of its own"
    if not declared.expression and not texts:
        return "", f"{where}: “{first.quote}”", 0.0
    known, _, _ = _effective_of_texts(declared, texts, seen)
    others = [each.spdx for each in near if not agree(known, each.spdx)]
    parts = [part for each in (known, *others) for part in _parts(each)]
    return " AND ".join(dict.fromkeys((*parts, OWN_TERMS))), where, 0.5


def _parts(expression: str) -> tuple[str, ...]:
    """What is joined by AND, so that nothing is said twice."""
    if "(" in expression or " OR " in expression:
        return (_wrap(expression),)
    return tuple(expression.split(" AND "))


def _effective_of_texts(
    declared: Declared, texts: list[Detection], seen: tuple[Detection, ...]
) -> tuple[str, str, float]:
    """A declaration speaks first; a text makes it exact, or stands in for it."""
    detected = _together(texts)
    if declared.expression and texts:
        if agree(declared.expression, detected):
            exact = sharper(declared.expression, detected)
            return exact, f"declared, and found in {_places(texts)}", 1.0
        both = " AND ".join(_wrap(each) for each in (declared.expression, detected))
        return both, "declaration and text disagree, so both count", 0.5
    if texts:
        return detected, f"found in {_places(texts)}", texts[0].confidence
    return _effective_without_text(declared, seen)


def _effective_without_text(
    declared: Declared, seen: tuple[Detection, ...]
) -> tuple[str, str, float]:
    if declared.expression:
        stated = [each for each in seen if agree(declared.expression, each.spdx)]
        if stated:
            return declared.expression, f"declared, and named in {stated[0].path}", 0.9
        return declared.expression, f"declared ({declared.reason})", 0.8
    named = [each for each in seen if each.confidence >= HINT and not each.is_altered]
    if named and len({each.spdx for each in named}) == 1:
        return named[0].spdx, f"named in {named[0].path}, line {named[0].first_line}", 0.7
    return "", "no licence could be made out", 0.0


def _together(texts: list[Detection]) -> str:
    """All certain texts: nobody said that one may choose among them."""
    return " AND ".join(_wrap(each) for each in dict.fromkeys(each.spdx for each in texts))


def _wrap(expression: str) -> str:
    return f"({expression})" if " OR " in expression else expression


def _places(texts: list[Detection]) -> str:
    return ", ".join(dict.fromkeys(each.path for each in texts))


def _contradictions(declared: Declared, texts: list[Detection]) -> list[Finding]:
    found = []
    given = permissions(declared.expression)
    for each in texts:
        if declared.expression and not agree(declared.expression, each.spdx):
            said = f", which begins “{each.quote}”" if each.quote else ""
            message = (
                f"{declared.expression} is declared, but {each.path} holds {each.spdx}"
                f" ({each.confidence:.0%} sure){said}"
            )
            taken = taken_away(given, permissions(each.spdx))
            found.append(_against("text_contradicts", "contradiction", message, each, taken))
    first = texts[0] if texts else None
    for each in texts[1:]:
        if first and each.path != first.path and not agree(first.spdx, each.spdx):
            message = f"{first.path} holds {first.spdx}, {each.path} holds {each.spdx}"
            found.append(_at("several_texts", "warning", message, each))
    return found


def _near(declared: Declared, near: list[Detection]) -> list[Finding]:
    """Texts of the artifact that are near a licence and not it."""
    found = []
    given = permissions(declared.expression)
    for each in near:
        words = f"words of its own: “{each.quote}”"
        left = of_words(each.quote, is_restricting=each.is_restricting)
        taken = _both(taken_away(given, permissions(each.spdx)), taken_away(given, left))
        if not declared.expression:
            message = f"{each.path} is near {each.spdx}, but not it: it has {words}"
            found.append(_at("altered_text", "warning", message, each))
        elif agree(declared.expression, each.spdx):
            message = f"{declared.expression} is declared, but its text in {each.path} has {words}"
            found.append(_against("altered_text", "warning", message, each, taken))
        else:
            message = (
                f"{declared.expression} is declared, but {each.path} is near {each.spdx}"
                f" and has {words}"
            )
            found.append(_against("text_contradicts", "contradiction", message, each, taken))
    return found


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _against(
    code: str, severity: Severity, message: str, detection: Detection, taken: tuple[str, ...]
) -> Finding:
    """A finding about a text, which is stricter than the declaration where it takes something."""
    if taken:
        message = f"{message}; what is declared permits {' and '.join(taken)}, this does not"
    return replace(_at(code, severity, message, detection), is_stricter=bool(taken))


def _softer(
    declared: Declared, seen: tuple[Detection, ...], texts: list[Detection], near: list[Detection]
) -> list[Finding]:
    """Hints that disagree: prose, several texts in one file, texts of parts."""
    known = declared.expression or _together(texts)
    found = [
        finding
        for each in seen
        if each not in texts and each not in near
        if (finding := _hint(known, each))
    ]
    return found[:20]


def _hint(known: str, each: Detection) -> Finding | None:
    if each.is_text and not is_own(each):
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


def _of_part(known: str, each: Detection) -> Finding | None:
    """A file at the root about a part of the artifact; those of folders and notices are others'."""
    if "/" in each.path or BORROWED.search(each.path) or not known:
        return None
    if each.is_altered:
        message = f"{each.path} is near {each.spdx}, but has words of its own: “{each.quote}”"
    elif not agree(known, each.spdx):
        message = f"{known} applies, but {each.path} holds {each.spdx}"
    else:
        return None
    return _at("part_differs", "warning", message, each)


def _gaps(
    declared: Declared,
    seen: tuple[Detection, ...],
    texts: list[Detection],
    looked_at: Sequence[str],
    unreadable: Sequence[str],
) -> list[Finding]:
    found = [
        Finding("unreadable", "warning", f"{path} could not be read", path) for path in unreadable
    ]
    if declared.stated and not declared.is_known:
        found.append(Finding("unknown_declaration", "warning", declared.reason))
    has_text = any(
        each.is_text and each.confidence >= SEVERAL and agree(declared.expression, each.spdx)
        for each in seen
    )
    has_text |= any(each.is_altered and is_own(each) for each in seen)
    if declared.expression and not texts and not has_text:
        message = f"{declared.expression} is declared without its text"
        found.append(Finding("declared_without_text", "info", message))
    plain = [each for each in seen if not each.is_altered]
    if not declared.stated and not declared.expression and plain:
        first = plain[0]
        message = f"nothing is declared; {first.path} gives {first.spdx}"
        found.append(_at("not_declared", "info", message, first))
    if not declared.stated and not declared.expression and not seen and not unreadable:
        where = ", ".join(looked_at) or "no licence file and no README"
        message = f"nothing is stated after looking everywhere ({where})"
        found.append(Finding("nothing_stated", "warning", message))
    return found


def _at(code: str, severity: Severity, message: str, detection: Detection) -> Finding:
    return Finding(
        code, severity, message, detection.path, detection.quote_line or detection.first_line
    )

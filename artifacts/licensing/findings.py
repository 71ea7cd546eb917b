"""Declared against detected: what an artifact's licence really seems to be, and what disagrees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from artifacts.licensing import spdx
from artifacts.licensing.detect import Detection
from artifacts.licensing.expression import Declared
from artifacts.licensing.texts import family

Severity = Literal["contradiction", "warning", "info"]

# Hub and README names that stand for any licence of a family.
FAMILIES = {
    "LicenseRef-gpl-family": ("GPL-",),
    "LicenseRef-lgpl-family": ("LGPL-",),
    "LicenseRef-agpl-family": ("AGPL-",),
    "LicenseRef-bsd-family": ("BSD-", "0BSD"),
    "LicenseRef-gfdl-family": ("GFDL-",),
    "LicenseRef-cc-family": ("CC-", "CC0-"),
    "LicenseRef-openrail": (
        "LicenseRef-creativeml-openrail",
        "LicenseRef-bigscience-",
        "LicenseRef-bigcode-openrail",
    ),
}
SEVERAL = 0.9  # a whole text, but one of several in its file, or known by its title
BORROWED = re.compile(r"notice|third|patent|vendor|bundled|dependenc", re.IGNORECASE)
HINT = 0.7  # prose below this is about something else as often as not


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a reader should know, and where to look."""

    code: str
    severity: Severity
    message: str
    path: str = ""
    line: int = 0

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
    texts = [each for each in seen if each.is_certain and _is_own(each)]
    expression, reason, confidence = _effective(declared, texts, seen)
    findings = [
        *_contradictions(declared, texts),
        *_softer(declared, seen, texts),
        *_gaps(declared, seen, texts, looked_at, unreadable),
    ]
    return LicenceFindings(
        declared,
        seen,
        expression,
        reason,
        confidence,
        tuple(findings),
        tuple(looked_at),
        tuple(unreadable),
    )


def _is_own(detection: Detection) -> bool:
    """Whether a file speaks for the whole artifact: at its root, or where REUSE keeps licences.

    A notice is about the works of others that are inside.
    """
    *folders, name = detection.path.split("/")
    if BORROWED.search(name):
        return False
    return not folders or [folder.upper() for folder in folders] == ["LICENSES"]


def _effective(
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
    named = [each for each in seen if each.confidence >= HINT]
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


def covers(general: str, exact: str) -> bool:
    """Whether one id names the other or a family that it belongs to."""
    if family(general) == family(exact):
        return True
    if general.startswith("LicenseRef-cc-") and general.endswith("-family"):
        kind = general.removeprefix("LicenseRef-cc-").removesuffix("-family").upper()
        return exact.startswith(f"CC-{kind}-") and exact[len(f"CC-{kind}-")].isdigit()
    return exact.startswith(FAMILIES.get(general, ("\0",)))


def agree(one: str, other: str) -> bool:
    """Whether two expressions are about the same licences, as far as both are precise."""
    mine, theirs = _ids(one), _ids(other)
    return bool(mine and theirs) and (
        all(any(covers(a, b) or covers(b, a) for b in theirs) for a in mine)
        or all(any(covers(a, b) or covers(b, a) for a in mine) for b in theirs)
    )


def _ids(expression: str) -> tuple[str, ...]:
    try:
        return spdx.ids(expression)
    except spdx.NotAnExpression:
        return ()


def sharper(declared: str, detected: str) -> str:
    """The declaration, or the text's licence where the declaration names only its family."""
    if declared.endswith("-family") or declared == "LicenseRef-openrail":
        return detected
    return declared


def _contradictions(declared: Declared, texts: list[Detection]) -> list[Finding]:
    found = []
    for each in texts:
        if declared.expression and not agree(declared.expression, each.spdx):
            message = (
                f"{declared.expression} is declared, but {each.path} holds {each.spdx}"
                f" ({each.confidence:.0%} sure)"
            )
            found.append(_at("text_contradicts", "contradiction", message, each))
    first = texts[0] if texts else None
    for each in texts[1:]:
        if first and each.path != first.path and not agree(first.spdx, each.spdx):
            message = f"{first.path} holds {first.spdx}, {each.path} holds {each.spdx}"
            found.append(_at("several_texts", "warning", message, each))
    return found


def _softer(
    declared: Declared, seen: tuple[Detection, ...], texts: list[Detection]
) -> list[Finding]:
    """Hints that disagree: prose, altered texts, texts of parts."""
    found = []
    known = declared.expression or _together(texts)
    for each in seen:
        if each in texts or (each.is_text and not _is_own(each)):
            continue
        if each.is_text and each.confidence >= SEVERAL:
            if known and not agree(known, each.spdx):
                message = f"{known} applies, but {each.path} also holds {each.spdx}"
                found.append(_at("also_holds", "warning", message, each))
        elif each.is_text:
            message = f"{each.path} is near {each.spdx}, but not it: {each.note}"
            found.append(_at("altered_text", "warning", message, each))
        elif known and each.confidence >= HINT and not agree(known, each.spdx):
            message = f"{known} applies, but {each.path} says {each.spdx}"
            message += f": “{each.note}”" if each.note else ""
            found.append(_at("prose_differs", "warning", message, each))
    return found[:20]


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
    if declared.expression and not texts and not has_text:
        message = f"{declared.expression} is declared without its text"
        found.append(Finding("declared_without_text", "info", message))
    if not declared.stated and not declared.expression and seen:
        first = seen[0]
        message = f"nothing is declared; {first.path} gives {first.spdx}"
        found.append(_at("not_declared", "info", message, first))
    if not declared.stated and not declared.expression and not seen and not unreadable:
        where = ", ".join(looked_at) or "no licence file and no README"
        message = f"nothing is stated after looking everywhere ({where})"
        found.append(Finding("nothing_stated", "warning", message))
    return found


def _at(code: str, severity: Severity, message: str, detection: Detection) -> Finding:
    return Finding(code, severity, message, detection.path, detection.first_line)

"""Declared against detected: what an artifact's licence really seems to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ratings.licences.conflicts import HINT, LicenceFinding, Sides, disagreements
from ratings.licences.declared.agreement import agree, sharper
from ratings.licences.declared.expression import Declared, normalise
from ratings.licences.detection.detect import detect, licence_paths
from ratings.licences.detection.detected import Detection
from ratings.licences.terms.of_expression import all_of
from ratings.licences.terms.stricter import OWN_TERMS

if TYPE_CHECKING:
    from artifacts.facts import Facts


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
    findings: tuple[LicenceFinding, ...] = ()
    looked_at: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[LicenceFinding, ...]:
        """What contradicts the declaration."""
        return tuple(each for each in self.findings if each.severity == "contradiction")

    @property
    def has_contradiction(self) -> bool:
        return bool(self.conflicts)

    @property
    def has_own_terms(self) -> bool:
        """Whether a text of its own is near a licence and not it."""
        return any(each.is_altered and each.is_own for each in self.detections)

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
        return self.declared.is_stated or bool(self.detections)


def findings_of(facts: Facts) -> LicenceFindings:
    """What the facts of an artifact declare and hold of a licence, weighed against each other."""
    card = facts.card
    declared = normalise(
        card.get("license") or facts.metadata_license,
        name=str(card.get("license_name") or ""),
        link=str(card.get("license_link") or ""),
    )
    texts = {path: facts.documents[path] for path in licence_paths(facts.documents)}
    if facts.readme:
        texts[facts.readme_path or "README.md"] = facts.readme
    found = [one for path, text in texts.items() for one in detect(text, path)]
    return assess(declared, found, looked_at=list(texts))


def assess(
    declared: Declared,
    detections: Iterable[Detection],
    *,
    looked_at: Sequence[str] = (),
    unreadable: Sequence[str] = (),
) -> LicenceFindings:
    """What applies to an artifact, from what it declares and what its files hold."""
    seen = tuple(sorted(detections, key=lambda each: (-each.confidence, each.path.count("/"))))
    own = [each for each in seen if each.is_own]
    texts = tuple(each for each in own if each.is_certain)
    near = tuple(each for each in own if each.is_altered)
    sides = Sides(declared, seen, texts, near)
    return LicenceFindings(
        declared,
        seen,
        *_effective(sides),
        disagreements(sides, looked_at, unreadable),
        tuple(looked_at),
        tuple(unreadable),
    )


def _effective(sides: Sides) -> tuple[str, str, float]:
    """What applies: a text near a licence is never that licence, and makes the whole unknown."""
    known, reason, confidence = _of_texts(sides)
    if not sides.near:
        return known, reason, confidence
    first = sides.near[0]
    where = f"{first.path} is near {first.spdx}, but has words of its own"
    if not sides.declared.expression and not sides.texts:
        return "", f"{where}: “{first.quote}”", 0.0
    others = [each.spdx for each in sides.near if not agree(known, each.spdx)]
    parts = [part for each in (known, *others) for part in _parts(each)]
    return all_of((*parts, OWN_TERMS)), where, 0.5


def _parts(expression: str) -> tuple[str, ...]:
    """What is joined by AND, so that nothing is said twice."""
    if "(" in expression or " OR " in expression:
        return (expression,)
    return tuple(expression.split(" AND "))


def _of_texts(sides: Sides) -> tuple[str, str, float]:
    """A declaration speaks first; a text makes it exact, or stands in for it."""
    declared, detected = sides.declared.expression, sides.detected
    if not detected:
        return _without_text(sides)
    where = ", ".join(dict.fromkeys(each.path for each in sides.texts))
    if not declared:
        return detected, f"found in {where}", sides.texts[0].confidence
    if agree(declared, detected):
        return sharper(declared, detected), f"declared, and found in {where}", 1.0
    return all_of((declared, detected)), "declaration and text disagree, so both count", 0.5


def _without_text(sides: Sides) -> tuple[str, str, float]:
    declared = sides.declared.expression
    if declared:
        stated = [each for each in sides.seen if agree(declared, each.spdx)]
        if stated:
            return declared, f"declared, and named in {stated[0].path}", 0.9
        return declared, f"declared ({sides.declared.reason})", 0.8
    named = [each for each in sides.seen if each.confidence >= HINT and not each.is_altered]
    if len({each.spdx for each in named}) == 1:
        return named[0].spdx, f"named in {named[0].path}, line {named[0].first_line}", 0.7
    return "", "no licence could be made out", 0.0

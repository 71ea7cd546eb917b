"""The words every metric speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, Self
from urllib.parse import quote

from artifacts.facts import Facts

MODEL = frozenset({"model"})
EVERYTHING = frozenset({"model", "dataset", "code"})

# Beyond this a rating cannot claim to differ: it also hides the last bits in which the
# mathematics of two machines may disagree.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing we looked at, and where anyone else can look at it.

    ``remedy`` says what would make a bad finding better; good findings have none.
    """

    note: str
    url: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the gate may have a rule about, of a kind that ``kinds.py`` lists."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """An answer between 0 and 1, or None where the facts cannot say.

    ``parts`` holds the answers that one question splits into, by name. ``findings`` are judged
    by the gate whatever the score is.
    """

    score: float | None
    reason: str
    evidence: tuple[Evidence, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        for value in (self.score, *self.parts.values()):
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"a score lies between 0 and 1, not at {value}")
        if self.score is not None:
            object.__setattr__(self, "score", round(float(self.score), _DIGITS))
        rounded = {name: round(float(value), _DIGITS) for name, value in self.parts.items()}
        object.__setattr__(self, "parts", rounded)

    @classmethod
    def unknown(cls, reason: str, evidence: tuple[Evidence, ...] = ()) -> Self:
        return cls(score=None, reason=reason, evidence=evidence)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; ``from_json`` gives the same measurement back."""
        found = [{"kind": each.kind, "reason": each.reason} for each in self.findings]
        return {
            "score": self.score,
            "reason": self.reason,
            "evidence": [
                {"note": item.note, "url": item.url, "remedy": item.remedy}
                for item in self.evidence
            ],
            "parts": dict(self.parts),
            **({"findings": found} if found else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild a measurement, also one that an older catalogue wrote."""
        return cls(
            score=data.get("score"),
            reason=str(data.get("reason", "")),
            evidence=tuple(
                Evidence(
                    note=str(item.get("note", "")),
                    url=str(item.get("url", "")),
                    remedy=str(item.get("remedy", "")),
                )
                for item in data.get("evidence", ())
            ),
            parts={str(name): float(value) for name, value in data.get("parts", {}).items()},
            findings=tuple(
                Finding(str(found.get("kind", "")), str(found.get("reason", "")))
                for found in data.get("findings", ())
            ),
        )


class Metric(Protocol):
    """A pure question about an artifact. No database, no network, no clock."""

    name: ClassVar[str]
    applies_to: ClassVar[frozenset[str]]

    def measure(self, facts: Facts) -> Measurement: ...


def place(facts: Facts, path: str = "", line: int | None = None, *, commit: str = "") -> str:
    """The address of a file, a line of it, or a commit of ``facts``; '' where none is public."""
    if not facts.url.startswith(("https://", "http://")):
        return ""
    if commit:
        return f"{facts.url}/commit/{commit}"
    if not path:
        return f"{facts.url}/tree/{facts.revision}" if facts.revision else facts.url
    anchor = f"#L{line}" if line else ""
    if anchor and facts.source == "github" and path.lower().endswith((".md", ".ipynb")):
        anchor = f"?plain=1{anchor}"  # GitHub numbers the lines of the plain view only
    return f"{facts.url}/blob/{facts.revision}/{quote(path)}{anchor}"


def readme_place(facts: Facts, line: int | None = None) -> str:
    """The address of a line of the README of ``facts``."""
    return place(facts, facts.readme_path or "README.md", line)

"""One licence going into one other: the question, and the answer with its rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from ratings.licences.compatibility.osadl import Answer
from ratings.licences.declared import spdx
from ratings.licences.terms.categories import Permissions, permissions

Use = Literal["fine-tune+inference", "inference", "training"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The answer for one licence going into one other, with the rule that gave it."""

    inbound: str
    outbound: str
    answer: Answer
    rule: str
    reason: str
    source: str

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Case:
    """The two licences, what they permit, and what is to be done."""

    inbound: spdx.Licence
    outbound: spdx.Licence
    use: Use

    @property
    def given(self) -> Permissions:
        return permissions(str(self.inbound))

    @property
    def wanted(self) -> Permissions:
        return permissions(str(self.outbound))

    def answer(self, answer: Answer, rule: str, reason: str, source: str) -> Pair:
        return Pair(str(self.inbound), str(self.outbound), answer, rule, reason, source)


def source(given: Permissions, name: str) -> str:
    """Where a licence says what it says about one thing, or ''."""
    return next((fact.source for fact in given.facts if fact.name == name), "")

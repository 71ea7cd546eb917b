"""One licence going into one other: the question, and the answer with its rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ratings.licences.compatibility.osadl import Answer
from ratings.licences.data.tables import table
from ratings.licences.declared import spdx
from ratings.licences.terms.of_expression import permissions
from ratings.licences.terms.of_licence import Permissions

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

    def decided(self, name: str, *, said_in: str = "", **words: object) -> Pair:
        """The answer that ``rules.json`` keeps under a name.

        Its source is the place where the inbound licence says so, where it names none itself.
        """
        row = table("rules")["answers"][name]
        words = {"inbound": self.inbound, "outbound": self.outbound, **words}
        source = row.get("source", "").format(**words)
        if place := said_in or row.get("said_in", ""):
            source = next((fact.source for fact in self.given.facts if fact.name == place), "")
        reason = row["reason"].format(**words)
        return self.answer(row["answer"], row.get("rule", name), reason, source)

"""May what is under one expression become part of a project under another?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from ratings.licences.compatibility import rules
from ratings.licences.compatibility.osadl import Answer
from ratings.licences.compatibility.pairs import Pair, Use
from ratings.licences.declared import spdx
from ratings.licences.terms.of_expression import permissions
from ratings.licences.terms.of_licence import Obligation

MAX_CHOICES = 64
ORDER: dict[Answer, int] = {"no": 0, "unknown": 1, "yes": 2}
Choice = tuple[spdx.Licence, ...]


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Yes, no or unknown, with the reason, the deciding rule, and what must be done in return.

    ``inbound`` and ``outbound`` are the alternatives that were chosen from an OR; ``pairs`` holds
    the answer for each licence going into each other one.
    """

    answer: Answer
    reason: str
    rule: str
    source: str
    inbound: str
    outbound: str
    obligations: tuple[Obligation, ...] = ()
    pairs: tuple[Pair, ...] = ()

    @property
    def is_compatible(self) -> bool:
        """Only a yes counts: what nobody knows is not permitted."""
        return self.answer == "yes"


def compatible(inbound: str, outbound: str, *, use: Use = "fine-tune+inference") -> Compatibility:
    """Whether ``inbound`` (the model's licence) may go into ``outbound`` (the project's).

    Of an OR on either side one alternative may be chosen, the best; all parts of an AND must hold.
    """
    if not inbound or not outbound:
        side = "model" if not inbound else "project"
        reason = f"the licence of the {side} is not known"
        return Compatibility("unknown", reason, "licence-missing", "", inbound, outbound)
    try:
        offers = choices(spdx.tree(inbound))
        wishes = choices(spdx.tree(outbound))
    except spdx.NotAnExpression as error:
        reason = f"not a licence expression: {error}"
        return Compatibility("unknown", reason, "not-an-expression", "", inbound, outbound)
    if not offers or not wishes or len(offers) * len(wishes) > MAX_CHOICES:
        reason = "the expression has too many alternatives"
        return Compatibility("unknown", reason, "too-many-alternatives", "", inbound, outbound)
    answers = [_together(offer, wish, use) for offer, wish in product(offers, wishes)]
    return max(answers, key=lambda each: ORDER[each.answer])


def choices(node: spdx.Node) -> list[Choice]:
    """The ways to satisfy an expression, each a set of licences that all apply; [] if too many."""
    if isinstance(node, spdx.Licence):
        return [(node,)]
    parts = [choices(part) for part in node.parts]
    if node.operator == "OR":
        return [choice for part in parts for choice in part][: MAX_CHOICES + 1]
    found: list[Choice] = [()]
    for part in parts:
        found = [tuple(dict.fromkeys((*left, *right))) for left in found for right in part]
        if len(found) > MAX_CHOICES:
            return []
    return found


def _together(offer: Choice, wish: Choice, use: Use) -> Compatibility:
    """All of the model's licences into all of the project's: the worst pair decides."""
    pairs = tuple(rules.judge(one, other, use) for one, other in product(offer, wish))
    worst = min(pairs, key=lambda pair: ORDER[pair.answer])
    inbound = " AND ".join(str(each) for each in offer)
    return Compatibility(
        worst.answer,
        worst.reason,
        worst.rule,
        worst.source,
        inbound,
        " AND ".join(str(each) for each in wish),
        () if worst.answer == "no" else permissions(inbound).obligations,
        pairs,
    )

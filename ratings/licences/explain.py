"""The whole answer to "may we?": what was found, which rule decided, what to do in return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ratings.licences.assessment import LicenceFindings
from ratings.licences.compatibility.compatible import Compatibility, compatible
from ratings.licences.compatibility.osadl import Answer
from ratings.licences.compatibility.pairs import Use
from ratings.licences.conflicts import ORDER, Severity
from ratings.licences.data.tables import table
from ratings.licences.terms.of_expression import permissions
from ratings.licences.terms.of_licence import Obligation
from ratings.licences.terms.stricter import OWN_TERMS

CONTESTING = frozenset({"text_contradicts", "altered_text"})
OWN = "parent_own_terms"
CODES: dict[Answer, str] = {
    "yes": "parent_fits",
    "no": "restricted_parent",
    "unknown": "parent_unsettled",
}
SAID: dict[Answer, str] = {"yes": "Yes", "no": "No", "unknown": "Unknown"}


@dataclass(frozen=True, slots=True)
class Parent:
    """Something that a model was made from; ``licence`` is None where nobody could look.

    ``through`` names what stands between the two, where it was not the model itself that
    was made from it.
    """

    name: str
    relationship: str
    licence: LicenceFindings | None = None
    through: str = ""
    artifact_id: str = ""
    type: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """How one parent's licence bears the model's label."""

    parent: str
    relationship: str
    licence: str
    answer: Answer
    code: str
    severity: Severity
    message: str
    rule: str = ""
    source: str = ""
    obligations: tuple[Obligation, ...] = ()
    through: str = ""
    artifact_id: str = ""
    type: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a project may use a model, and everything that led there.

    ``verdict`` compares the two licences. ``answer`` is the verdict, except that a yes becomes
    unknown where a text says something else than what is declared, and where the chain
    contradicts the model's label or has terms that nobody knows.
    """

    answer: Answer
    sentence: str
    verdict: Compatibility
    model: LicenceFindings
    project: LicenceFindings
    chain: tuple[ChainFinding, ...] = ()

    @property
    def is_compatible(self) -> bool:
        return self.answer == "yes"

    @property
    def reason(self) -> str:
        """The sentence without the answer that it begins with."""
        return self.sentence.removeprefix(SAID[self.answer]).lstrip(":, ")

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What to do in return, of the model and of what it was made from."""
        if self.answer == "no":
            return ()
        of_chain = (each for link in self.chain for each in link.obligations)
        return tuple(dict.fromkeys((*self.verdict.obligations, *of_chain)))


def explain(
    *, model: LicenceFindings, project: LicenceFindings, chain: Iterable[Parent] = ()
) -> Explanation:
    """May ``project`` fine-tune ``model`` and use it, given what the model was made from?"""
    verdict = compatible(model.expression, project.expression)
    links = judge_chain(model, tuple(chain))
    doubt = _contested(model, "model") or _contested(project, "project") or _broken(links)
    answer: Answer = "unknown" if verdict.answer == "yes" and doubt else verdict.answer
    sentence = f"{SAID[answer]}: {verdict.reason}."
    if answer == "unknown":
        why = _why_missing(model, "model") or _why_missing(project, "project") or doubt
        sentence = f"Unknown, because {why or verdict.reason}."
    return Explanation(answer, sentence, verdict, model, project, links)


def _contested(findings: LicenceFindings, whose: str) -> str:
    """What a text of one side says against its label, in words; '' when nothing does."""
    if not findings.is_contested:
        return ""
    said = next((each.message for each in findings.findings if each.code in CONTESTING), "")
    return f"the licence of the {whose} is contested: {said}"


def _broken(links: Sequence[ChainFinding]) -> str:
    """What a parent has against the label, in words; '' when nothing has."""
    against = (each for each in links if each.severity == "contradiction" or each.code == OWN)
    return next((f"the label cannot be relied on: {each.message}" for each in against), "")


def _why_missing(findings: LicenceFindings, whose: str) -> str:
    """Why nothing is known of one side, in words; '' when its licence is known."""
    if findings.expression:
        return ""
    said = findings.declared.reason if findings.declared.stated else findings.reason
    gap = next((each for each in findings.findings if each.severity == "warning"), None)
    return f"the licence of the {whose} is not known: {gap.message if gap else said}"


def judge_chain(model: LicenceFindings, parents: Sequence[Parent]) -> tuple[ChainFinding, ...]:
    """Each parent's licence against the model's label, contradictions first."""
    found = [_judge(model, parent) for parent in parents]
    return tuple(sorted(found, key=lambda each: ORDER[each.severity]))


def _judge(model: LicenceFindings, parent: Parent) -> ChainFinding:
    licence = parent.licence.expression if parent.licence else ""
    link = _Link(parent, licence, model)
    if parent.relationship == "evaluation_dataset":
        return link.finding("evaluation_only")
    if parent.relationship == "code":
        return link.made_with_code()
    if not licence:
        return link.with_own_terms() if link.is_contested else link.finding("parent_unknown")
    if not model.expression:
        return link.finding("model_unlabelled")
    use: Use = "training" if link.made == "trained on" else "fine-tune+inference"
    verdict = compatible(licence, model.expression, use=use)
    if link.is_contested and verdict.answer != "no":
        return link.with_own_terms()
    return link.finding(CODES[verdict.answer], verdict, reason=verdict.reason)


@dataclass(frozen=True, slots=True)
class _Link:
    """One step of the chain, with the licences at its ends."""

    parent: Parent
    licence: str
    model: LicenceFindings

    @property
    def made(self) -> str:
        return str(table("messages")["made"].get(self.parent.relationship, "made from"))

    @property
    def is_contested(self) -> bool:
        """Whether the parent has terms of its own, or texts that contradict its label."""
        licence = self.parent.licence
        return OWN_TERMS in self.licence or bool(licence and licence.is_contested)

    def made_with_code(self) -> ChainFinding:
        """A licence of code reaches whoever passes the code on; it rarely speaks of results."""
        given = permissions(self.licence)
        if not given.is_known:
            return self.finding("code_unknown")
        is_restricted = given.commercial is not True or given.use_restrictions
        return self.finding("code_restricted" if is_restricted else "code_apart")

    def with_own_terms(self) -> ChainFinding:
        """Terms that nobody has read cannot be compared, nor can two that contradict each other."""
        licence = self.parent.licence
        terms = (licence.name if licence else "") or "of a text with terms of its own"
        why = "whose terms are not known"
        if OWN_TERMS not in self.licence and licence and licence.has_contradiction:
            why = "whose declaration and text disagree"
        labelled = f"labelled {self.model.name}, but " if self.model.name else ""
        return self.finding(OWN, labelled=labelled, terms=terms, why=why)

    def finding(
        self, code: str, verdict: Compatibility | None = None, **words: str
    ) -> ChainFinding:
        """The finding that ``messages.json`` keeps under a code, about this step."""
        row, parent = table("messages")["chain"][code], self.parent
        words |= {"name": parent.name, "licence": self.licence, "label": self.model.expression}
        words["where"] = parent.name + (f" through {parent.through}" if parent.through else "")
        return ChainFinding(
            parent.name,
            parent.relationship,
            self.licence,
            row["answer"],
            code,
            row["severity"],
            row["message"].format(made=self.made, **words),
            verdict.rule if verdict else "",
            verdict.source if verdict else row.get("source", ""),
            verdict.obligations if verdict else (),
            parent.through,
            parent.artifact_id,
            parent.type,
            parent.url,
        )

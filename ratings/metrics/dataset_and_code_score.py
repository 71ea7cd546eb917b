"""Can we see what it was made from?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import Facts, Reference
from artifacts.facts.paths import NOTEBOOK, SOURCE, kind
from ratings.measurements.addresses import address_of, readme_address
from ratings.measurements.measurement import MODEL, Evidence, Measurement
from ratings.observing.linked_artifacts import code_repository, slug
from ratings.observing.readme import reading
from ratings.observing.readme_parts import words

_DATA_SECTION = re.compile(
    r"training (?:and evaluation )?data|\bdatasets?\b|^data\b|corpus", re.IGNORECASE
)
_CODE_SECTION = re.compile(
    r"training (?:procedure|code|script|details|hyper)|merge (?:method|details)|configuration",
    re.IGNORECASE,
)
_STRUCTURED = re.compile(r"card|metadata|tags|model-index|config|json", re.IGNORECASE)


@dataclass(frozen=True)
class DatasetAndCodeScore:
    """Can we see what it was made from?

    Half of the score asks for the training data, half for the training code: named in
    structured metadata, or at least in words; whether what is named exists; and whether
    that is itself documented.
    """

    name: ClassVar[str] = "dataset_and_code_score"
    applies_to: ClassVar[frozenset[str]] = MODEL
    in_metadata: float = 0.5
    in_prose: float = 0.35
    described: float = 0.2
    resolved: float = 0.3
    documented: float = 0.2
    documented_words: int = 50

    def measure(self, facts: Facts) -> Measurement:
        data, data_evidence = self._half(facts, "dataset", _DATA_SECTION, "training data")
        code, code_evidence = self._half(facts, "code", _CODE_SECTION, "training code")
        reason = f"{data_evidence[0].note}; {code_evidence[0].note}"
        return Measurement((data + code) / 2, reason, data_evidence + code_evidence)

    def _half(
        self, facts: Facts, wanted: str, section: re.Pattern[str], what: str
    ) -> tuple[float, tuple[Evidence, ...]]:
        references = _references(facts, wanted)
        own = _own_code(facts) if wanted == "code" else ""
        if not references and own:
            score = self.in_prose + self.resolved + self.documented / 2
            return score, (Evidence(f"{what} is in the repository: {own}", address_of(facts, own)),)
        if not references:
            return self._in_words(facts, section, what)
        judged = [self._judge(facts, reference) for reference in references[:50]]
        mean = sum(score for score, _ in judged) / len(judged)
        missing = [one for one in references if one.exists is False]
        names = ", ".join(dict.fromkeys(one.name for one in references[:3]))
        summary = f"{what} is named: {names}" + (
            f" ({len(missing)} of {len(references)} do not exist)" if missing else ""
        )
        remedy = f"Name {what} that can be opened." if missing else ""
        first = Evidence(summary, readme_address(facts, references[0].line), remedy)
        return mean, (first, *(item for _, item in judged[:10]))

    def _in_words(
        self, facts: Facts, pattern: re.Pattern[str], what: str
    ) -> tuple[float, tuple[Evidence, ...]]:
        section = next(reading(facts).sections_about(pattern), None)
        if section:
            note = f"{what} is described without a reference (“{section.title[:60]}”)"
            hint = f"Link the {what}."
            return self.described, (Evidence(note, readme_address(facts, section.line), hint),)
        hint = f"Name the {what} in the card's metadata."
        return 0.0, (Evidence(f"{what} is not named", readme_address(facts), hint),)

    def _judge(self, facts: Facts, reference: Reference) -> tuple[float, Evidence]:
        is_structured = _STRUCTURED.search(reference.seen_in) is not None
        score = self.in_metadata if is_structured else self.in_prose
        says = [f"{reference.name}: named in {reference.seen_in or 'the README'}"]
        linked = next((one for one in facts.linked if one.url == reference.url), None)
        if reference.exists or linked is not None:
            score += self.resolved
            says.append("exists")
        elif reference.exists is False:
            score *= 0.5
            says.append("does not exist")
        if linked is not None:
            share = min(1.0, len(words((linked.readme or "")[:50_000])) / self.documented_words)
            score += self.documented * share
            says.append("documented" if share == 1 else "hardly documented")
        return score, Evidence(", ".join(says), reference.url)


def _references(facts: Facts, wanted: str) -> list[Reference]:
    """What was used for training: each thing once, where it was seen first."""
    if wanted == "code":
        chosen = code_repository(facts)
        own = chosen.url if chosen else ""
        found = [one for one in facts.references if one.kind == "code"]
        found = [one for one in found if one.relationship in {"code", ""}]
        found.sort(key=lambda one: one.url != own)
        found = found[:1]
    else:
        found = [
            one
            for one in facts.references
            if one.kind == "dataset" and one.relationship != "evaluation_dataset"
        ]
    unique: dict[str, Reference] = {}
    for one in found:
        unique.setdefault(slug(one.url) if one.url else one.name.casefold(), one)
    return list(unique.values())


def _own_code(facts: Facts) -> str:
    """A file of the artifact that looks like the code that made it."""
    sources = [file.path for file in facts.files if kind(file.path) in {SOURCE, NOTEBOOK}]
    return next(
        (path for path in sources if re.search(r"train|finetune|fit|merge", path, re.IGNORECASE)),
        "",
    )

"""How good is the description of its data?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import Facts
from ratings.measurements.addresses import address_of, readme_address
from ratings.measurements.measurement import Evidence, Measurement
from ratings.observing.checklist import ChecklistItem, weigh
from ratings.observing.linked_artifacts import datasets
from ratings.observing.readme import reading

_SIZE = re.compile(
    r"splits?\b|size|statistics|number of|instances|rows|examples|samples", re.IGNORECASE
)
_COUNT = re.compile(
    r"\b\d[\d.,]{0,12}\s?(?:k|m|b|million|billion|thousand)?\s?(?:rows|examples"
    r"|samples|instances|images|sentences|documents|pairs|tokens|hours|records)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"source|collection|curation|creation|provenance|construct", re.IGNORECASE)
_ANNOTATION = re.compile(r"annotat|label(?:l?ing|ed by)|crowd", re.IGNORECASE)
_LIMITS = re.compile(
    r"limitation|bias|risk|sensitive|ethic|considerations|social impact", re.IGNORECASE
)
_CITATION = re.compile(r"citation|cite|reference|bibtex|paper", re.IGNORECASE)
_BIBTEX = re.compile(r"@\w+\s?\{|arxiv\.org|doi\.org", re.IGNORECASE)
_LANGUAGES = re.compile(r"\blanguages?\b", re.IGNORECASE)
_TASK = re.compile(r"\btasks?\b|intended use|direct use|\buses?\b", re.IGNORECASE)
_VIEWER = re.compile(
    r"\.(?:parquet|csv|tsv|jsonl?|arrow|txt|zip|tar|tar\.gz|jpe?g|png|wav|mp3|flac)(?:\.gz)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DatasetQuality:
    """How good is the description of its data?

    Looks at the card of each dataset that was read: licence, size and splits, languages,
    task, sources, annotation, known limits, citation, and files that a viewer can open.
    The score is the mean over the datasets.
    """

    name: ClassVar[str] = "dataset_quality"
    applies_to: ClassVar[frozenset[str]] = frozenset({"model", "dataset"})
    in_passing: float = 0.5

    def measure(self, facts: Facts) -> Measurement:
        readable = [
            one for one in datasets(facts) if one.readme is not None or one.card or one.files
        ]
        readable = [one for one in readable if not one.readme_problem or one.readme is not None]
        if not readable:
            return Measurement.unknown(self._why_unknown(facts))
        judged = [(one, self._judge(one)) for one in readable]
        if len(judged) == 1:
            return judged[0][1]
        scores = [answer.score or 0.0 for _, answer in judged]
        evidence = tuple(
            Evidence(f"{one.name or one.url}: {answer.score:.2f}, {answer.reason}", address_of(one))
            for one, answer in judged
        )
        names = ", ".join(one.name or one.url for one, _ in judged[:3])
        mean = sum(scores) / len(scores)
        return Measurement(mean, f"mean over {len(judged)} datasets: {names}", evidence)

    def _why_unknown(self, facts: Facts) -> str:
        named = [one.name for one in facts.references if one.kind == "dataset"]
        if facts.type == "dataset":
            return f"the card could not be read: {facts.readme_problem or 'there is none'}"
        if not named:
            return "no dataset is named"
        return f"none of the {len(named)} datasets named could be read ({', '.join(named[:3])})"

    def _judge(self, data: Facts) -> Measurement:
        card, read = data.card, reading(data)
        info = card.get("dataset_info") or card.get("size_categories")
        files = [file.path for file in data.files if _VIEWER.search(file.path)]
        licence = card.get("license") or data.metadata_license
        viewer = files[0] if files else ("card" if card.get("configs") else "")
        task = card.get("task_categories") or card.get("task_ids")
        language = card.get("language") or card.get("languages")
        source = card.get("source_datasets")
        annotated = card.get("annotations_creators")
        cited = next((one for one in read.code if _BIBTEX.search(one.text[:5_000])), None)
        checks = (
            ("a licence", licence, re.compile(r"licen[cs]e", re.IGNORECASE), None),
            ("size and splits", info, _SIZE, _COUNT),
            ("languages", language, _LANGUAGES, None),
            ("a task", task, _TASK, None),
            ("sources", source, _SOURCE, None),
            ("how it was annotated", annotated, _ANNOTATION, _ANNOTATION),
            ("known limits", None, _LIMITS, _LIMITS),
            ("a citation", cited, _CITATION, _BIBTEX),
        )
        found = [
            ChecklistItem(what, 1.0, 1.0, "stated in the card", readme_address(data, 1))
            if stated
            else self._look(data, what, heading, sentence)
            for what, stated, heading, sentence in checks
        ]
        note = viewer if viewer != "card" else "configured in the card"
        found.append(
            ChecklistItem(
                "files a viewer can open", 1.0, float(bool(viewer)), note, address_of(data)
            )
        )
        return weigh(found, subject=data.name or "the dataset")

    def _look(
        self, data: Facts, what: str, heading: re.Pattern[str], sentence: re.Pattern[str] | None
    ) -> ChecklistItem:
        read = reading(data)
        section = next(read.sections_about(heading), None)
        if section:
            where = readme_address(data, section.line)
            return ChecklistItem(what, 1.0, 1.0, f"“{section.title[:60]}”", where)
        passing = read.first(sentence) if sentence else None
        if passing:
            where = readme_address(data, passing[1])
            return ChecklistItem(what, 1.0, self.in_passing, "named in passing", where)
        remedy = f"State {what} in the card."
        return ChecklistItem(what, 1.0, 0.0, "", readme_address(data), remedy)

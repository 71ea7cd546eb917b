"""Are its claims backed?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from artifacts.facts import Facts
from ratings.measurements.addresses import readme_address
from ratings.measurements.measurement import MODEL, Evidence, Measurement
from ratings.observing.readme import reading
from ratings.observing.readme_parts import Reading, ReadmeTable

_METRIC = re.compile(
    r"\b(?:acc(?:uracy)?|f1|bleu|rouge|wer|cer|map|mrr|ndcg|recall|precision|auc|perplexity|ppl"
    r"|loss|mse|rmse|mae|em|exact[ _]match|pass@\d+|score|win[ -]?rate|elo|spearman|pearson"
    r"|iou|dice|fid|psnr|ssim|average|avg|top-?[15]|results?|cosine_\w+)\b",
    re.IGNORECASE,
)
_DATASET = re.compile(
    r"\b(?:mmlu|arc|hellaswag|truthfulqa|winogrande|gsm8k|humaneval|mbpp|math|bbh|ifeval|gpqa|musr"
    r"|mt-?bench|alpaca[- ]?eval|squad|glue|superglue|mnli|qnli|sst-?2|imdb|conll\w*|librispeech"
    r"|common ?voice|imagenet\w*|in-?1k|cifar-?\d+|coco|ade20k|mteb|beir|sts\w*|msmarco|ms marco"
    r"|wmt\d*|flores\w*|xnli|wikitext\w*|c4|lambada|boolq|piqa|triviaqa|nq|natural questions|drop"
    r"|agieval|c-?eval|cmmlu|vqa\w*|textvqa|mmmu|eval(?:uation)? set|test set|validation set"
    r"|dev set|test split|benchmark)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d+)?\s?%|(?<![\w.])\d{1,3}\.\d+|(?<![\w.])[1-9]\d\b")
_BOAST = re.compile(
    r"state[- ]of[- ]the[- ]art|\bsota\b|outperform\w*|best[- ]in[- ]class|superior|surpass\w*"
    r"|\bbeats?\b|excellent performance|highly accurate|achieves? (?:the )?(?:best|great|strong)",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"arxiv\.org/(?:abs|pdf)/\d|doi\.org/10\.|aclanthology\.org|openreview", re.IGNORECASE
)
_EVALUATION = re.compile(
    r"lm[_-]eval|lighteval|mteb\b|\beval(?:uate)?[\w/-]{0,60}\.(?:py|sh)|evaluate\.load"
    r"|--do_eval|load_metric|sacrebleu|run_eval|\.evaluate\(",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PerformanceClaims:
    """Are its claims backed?

    Results in the card's own format with task, dataset, metric and value count most, then
    tables in the README that name a dataset, a paper, and a way to run the evaluation
    again. Praise without a single figure lowers the score.
    """

    name: ClassVar[str] = "performance_claims"
    applies_to: ClassVar[frozenset[str]] = MODEL
    structured: float = 0.45
    tables: float = 0.25
    sentences: float = 0.15
    paper: float = 0.15
    evaluation: float = 0.15
    boast_factor: float = 0.5

    def measure(self, facts: Facts) -> Measurement:
        read = reading(facts)
        complete, partial = _model_index(facts.card)
        table = next((one for one in read.tables if _is_result(one)), None)
        sentence = next(
            (p for p in read.paragraphs if _METRIC.search(p[0]) and _NUMBER.search(p[0])), None
        )
        paper = self._paper(facts, read)
        evaluation = self._evaluation(facts, read)
        found: list[tuple[float, Evidence]] = []
        if complete:
            note = f"{complete} results with task, dataset, metric and value in the card"
            found.append((self.structured, Evidence(note, readme_address(facts, 1))))
        elif partial:
            note = f"{partial} incomplete results in the card"
            hint = "Give each result its task, dataset, metric and value."
            found.append((self.structured / 3, Evidence(note, readme_address(facts, 1), hint)))
        if table:
            where = readme_address(facts, table.line)
            named = _names_dataset(table)
            note = f"a table of results{'' if named else ' that names no known dataset'}"
            found.append((self.tables if named else self.tables / 2, Evidence(note, where)))
        if sentence:
            named = _DATASET.search(sentence[0]) is not None
            share = self.sentences if named or table or complete else self.sentences / 2
            note = f"figures in the text: “{' '.join(sentence[0].split())[:120]}”"
            found.append((share, Evidence(note, readme_address(facts, sentence[1]))))
        has_results = bool(found)
        for weight, item in ((self.paper, paper), (self.evaluation, evaluation)):
            if item:
                found.append((weight, item))
        return self._judge(facts, read, found, has_results=has_results)

    def _judge(
        self,
        facts: Facts,
        read: Reading,
        found: list[tuple[float, Evidence]],
        *,
        has_results: bool,
    ) -> Measurement:
        score = min(1.0, sum(weight for weight, _ in found))
        evidence = [item for _, item in found]
        boast = read.first(_BOAST)
        reason = "; ".join(item.note for item in evidence[:4])
        if boast and not has_results:
            score *= self.boast_factor
            praise = _BOAST.search(boast[0])
            word = praise.group(0) if praise else "praise"
            reason = f"it claims “{word}” without any figure" + (f"; {reason}" if reason else "")
            where = readme_address(facts, boast[1])
            evidence.append(Evidence(f"“{word}”", where, "Back the claim with a measured result."))
        if not evidence:
            hint = "Publish results in `model-index`, with the dataset they were measured on."
            evidence = [Evidence("no performance claim", readme_address(facts), hint)]
            reason = "no performance claim was found in the card"
        return Measurement(score, reason, tuple(evidence))

    def _paper(self, facts: Facts, read: Reading) -> Evidence | None:
        for reference in facts.references:
            if reference.kind == "paper":
                where = readme_address(facts, reference.line) if reference.line else reference.url
                return Evidence(f"a paper: {reference.name[:80]}", where)
        link = next((one for one in read.links if _PAPER.search(one.url)), None)
        return (
            Evidence(f"a paper: {link.url[:80]}", readme_address(facts, link.line))
            if link
            else None
        )

    def _evaluation(self, facts: Facts, read: Reading) -> Evidence | None:
        for code in read.code:
            if _EVALUATION.search(code.text[:20_000]):
                return Evidence("a command that evaluates it", readme_address(facts, code.line))
        link = next((one for one in read.links if _EVALUATION.search(one.url)), None)
        return (
            Evidence("a script that evaluates it", readme_address(facts, link.line))
            if link
            else None
        )


def _model_index(card: Mapping[str, Any]) -> tuple[int, int]:
    """Results in ``model-index``: complete ones, and those that lack something."""
    complete = partial = 0
    for result in _results(card.get("model-index")):
        task, dataset = result.get("task"), result.get("dataset")
        has_place = _named(task, "type", "name") and _named(dataset, "name", "type")
        metrics = result.get("metrics")
        for metric in metrics if isinstance(metrics, list) else ():
            has_value = isinstance(metric, dict) and metric.get("value") not in (None, "")
            if has_place and has_value and _named(metric, "type", "name"):
                complete += 1
            else:
                partial += 1
    return complete, partial


def _results(index: object) -> Iterator[Mapping[str, Any]]:
    for model in index if isinstance(index, list) else ():
        results = model.get("results") if isinstance(model, dict) else None
        yield from (
            (one for one in results or () if isinstance(one, dict))
            if isinstance(results, list)
            else ()
        )


def _named(value: object, *keys: str) -> bool:
    return isinstance(value, dict) and any(value.get(key) for key in keys)


def _is_result(table: ReadmeTable) -> bool:
    cells = [cell for row in table.rows[:200] for cell in row]
    numbers = sum(1 for cell in cells if _NUMBER.search(cell[:40]))
    words = " ".join((*table.header, *(row[0] for row in table.rows[:200] if row)))[:20_000]
    return numbers >= 2 and bool(_METRIC.search(words) or _DATASET.search(words))


def _names_dataset(table: ReadmeTable) -> bool:
    text = " ".join((*table.header, *(cell for row in table.rows[:200] for cell in row)))
    return _DATASET.search(text[:50_000]) is not None

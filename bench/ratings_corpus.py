"""Rates every card of a folder of real cards and prints how the scores are distributed.

Only the card is known here: no file list, no history, no linked artifact. That is the
least a rating can know, and the floor on which the default policy was chosen. The front
matter is held against what huggingface_hub reads of it.

    python bench/ratings_corpus.py ../shared/corpus [--keep FILE] [--against FILE]

``--keep`` writes the verdict on each card, ``--against`` compares with one that was kept, for
example by the commit before.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")

from artifacts.facts import Facts, references
from artifacts.facts.cards import parse_card, plain
from artifacts.sources.recognising import SourceAddresses
from ratings.metrics import WEIGHTS
from ratings.policy import judge, rules_for
from ratings.scoring import measure_all, net_score

KINDS = ("models", "datasets", "codes")


def cards(folder: Path, kind: str) -> Iterator[Facts]:
    with gzip.open(folder / f"{kind}_cards.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield facts(json.loads(line))


def facts(card: dict[str, str]) -> Facts:
    prefix = {"model": "https://huggingface.co/", "dataset": "https://huggingface.co/datasets/"}
    found = Facts(
        type=card["type"],
        url=prefix.get(card["type"], "https://github.com/") + card["id"],
        revision="0" * 40,
        name=card["id"].rpartition("/")[2],
        source="github" if card["type"] == "code" else "huggingface",
        readme=card["readme"],
        readme_path="README.md",
        card=parse_card(card["readme"]).front,
    )
    return replace(found, references=references.of(found, SourceAddresses()))


def agreement(folder: Path) -> None:
    """Compare the fields of every front matter with those of the Hub's own library."""
    from huggingface_hub import DatasetCard, ModelCard

    fields = same = broken = explained = 0
    for kind, reader in (("models", ModelCard), ("datasets", DatasetCard)):
        with gzip.open(folder / f"{kind}_cards.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["readme"]
                ours = parse_card(text)
                try:
                    theirs = reader(text, ignore_metadata_errors=True).data.to_dict()
                except Exception:  # whatever their reader raises: the front matter is broken
                    broken += 1
                    explained += bool(ours.problem)
                    continue
                wanted = plain(theirs)
                fields += len(wanted)
                same += sum(agrees(ours.front, key, value) for key, value in wanted.items())
    print(
        f"front matter: {same} of {fields} fields agree with huggingface_hub ({same / fields:.2%});"
    )
    print(f"  {broken} cards their reader refuses, {explained} of them with a stated reason here")


def agrees(front: Mapping[str, Any], key: str, theirs: Any) -> bool:
    """Equal, or a model-index, which their library rewrites into a form of its own."""
    return front.get(key) == theirs or (key == "model-index" and bool(front.get(key)))


def compared(verdicts: dict[str, Any], kept: Path) -> None:
    """Print each card whose verdict is another one than it was."""
    before = json.loads(kept.read_text(encoding="utf-8"))
    changed = [card for card, verdict in verdicts.items() if before.get(card) != verdict]
    print(f"{len(changed)} of {len(verdicts)} verdicts differ from {kept.name}")
    for card in changed:
        print(f"  {card}: {before.get(card)} -> {verdicts[card]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    folder, verdicts = options.folder, {}
    agreement(folder)
    for kind in KINDS:
        started, scores, unknown = time.process_time(), {}, Counter()
        passed, broken, nets, total = 0, Counter(), [], 0
        for one in cards(folder, kind):
            total += 1
            answers = {name: answer for name, (answer, _) in measure_all(one).items()}
            net, coverage = net_score(answers, WEIGHTS)
            for name, answer in answers.items():
                if answer.score is None:
                    unknown[name] += 1
                else:
                    scores.setdefault(name, []).append(answer.score)
            if net is not None:
                nets.append(net)
            verdict = judge(answers, net, coverage, (), rules_for(one.type))
            verdicts[one.url] = {
                "passed": verdict.passed,
                "broken": sorted({rule.metric for rule in verdict.broken}),
                "warnings": sorted({rule.metric for rule in verdict.warnings}),
            }
            passed += verdict.passed
            broken.update({rule.metric for rule in verdict.broken})
        seconds = time.process_time() - started
        print(f"{kind}: {total} cards, {seconds:.1f} s, {passed} pass the default policy")
        print("  broken:", ", ".join(f"{name} {count}" for name, count in broken.most_common()))
        print(
            f"  {'metric':24} {'known':>6} {'p10':>6} {'p25':>6} {'p50':>6} {'p75':>6} {'p90':>6}"
        )
        for name, values in [*sorted(scores.items()), ("net_score", nets)]:
            if values:
                values.sort()
                at = [values[min(len(values) - 1, int(len(values) * q))] for q in QUANTILES]
                print(f"  {name:24} {len(values):6}", *(f"{value:6.2f}" for value in at))
    if options.keep:
        options.keep.write_text(json.dumps(verdicts), encoding="utf-8")
    if options.against:
        compared(verdicts, options.against)


QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

if __name__ == "__main__":
    main()

"""How soon can a newcomer use it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import Facts
from ratings.measurements.addresses import address_of, readme_address
from ratings.measurements.measurement import EVERYTHING, Evidence, Measurement
from ratings.observing import readme_topics as topics
from ratings.observing.checklist import ChecklistItem, weigh
from ratings.observing.examples import Snippet, installs, snippets
from ratings.observing.readme import reading
from ratings.observing.readme_parts import Reading, words


@dataclass(frozen=True)
class RampUpTime:
    """How soon can a newcomer use it?

    Looks for what a newcomer needs first: what it is for, its limits, code that loads
    exactly this artifact, installation, inputs and outputs, something to try, how it was
    made, and where to read more. Headings whose text was never written do not count.
    """

    name: ClassVar[str] = "ramp_up_time"
    applies_to: ClassVar[frozenset[str]] = EVERYTHING
    minimum_words: int = 12
    purpose: float = 0.2
    usage: float = 0.25
    limits: float = 0.15
    interface: float = 0.1
    making: float = 0.1
    installation: float = 0.08
    trial: float = 0.07
    further: float = 0.05

    def measure(self, facts: Facts) -> Measurement:
        if facts.readme is None:
            if facts.readme_problem:
                return Measurement.unknown(f"the README could not be read: {facts.readme_problem}")
            wanted = "Write a README: what it is for, its limits, and how to load it."
            return Measurement(0.0, "there is no README", (Evidence("no README", "", wanted),))
        read = reading(facts)
        blocks = snippets(read, facts)
        return weigh(
            (
                self._purpose(facts, read),
                self._limits(facts, read),
                self._usage(facts, blocks),
                self._installation(facts, read),
                self._interface(facts, read),
                self._making(facts, read),
                self._trial(facts, read),
                self._further(facts, read),
            ),
            subject="the README",
        )

    def _purpose(self, facts: Facts, read: Reading) -> ChecklistItem:
        share, note, line = 0.0, "", None
        for section in read.sections_about(topics.PURPOSE):
            share, note, line = 1.0, f"“{section.title[:60]}”", section.line
            break
        else:
            for text, at in read.paragraphs:
                if len(words(text)) >= self.minimum_words:
                    share, note, line = 0.8, f"{len(words(text))} words of introduction", at
                    break
        return ChecklistItem(
            "purpose",
            self.purpose,
            share,
            note,
            readme_address(facts, line),
            "Say in two sentences what it does and whom it is for.",
        )

    def _limits(self, facts: Facts, read: Reading) -> ChecklistItem:
        share, note, line = 0.0, "", None
        section = next(read.sections_about(topics.LIMITS), None)
        sentence = read.first(topics.LIMITS_SENTENCE)
        if section:
            share, note, line = 1.0, f"“{section.title[:60]}”", section.line
        elif sentence:
            share, note, line = 0.5, "named in passing", sentence[1]
        return ChecklistItem(
            "limits",
            self.limits,
            share,
            note,
            readme_address(facts, line),
            "Say what it cannot do and where it fails.",
        )

    def _usage(self, facts: Facts, blocks: tuple[Snippet, ...]) -> ChecklistItem:
        ranked = [(_usefulness(block), block) for block in blocks]
        share, best = max(ranked, key=lambda one: one[0], default=(0.0, None))
        note = ""
        if best and share:
            loads = "loads it" if best.loads else "does not load this artifact by name"
            note = (
                f"{best.kind} code that {loads}" if best.kind != "other" else f"code that {loads}"
            )
            note += f", but does not parse ({best.problem})" if best.problem else ""
        return ChecklistItem(
            "code that uses it",
            self.usage,
            share,
            note,
            readme_address(facts, best.line if best else None),
            "Show the lines that load it, ready to be copied.",
        )

    def _installation(self, facts: Facts, read: Reading) -> ChecklistItem:
        packages = installs(read)
        files = [file.path for file in facts.files if topics.REQUIREMENTS.search(file.path)]
        share, note, url = 0.0, "", readme_address(facts)
        if packages:
            note = f"installs {', '.join(list(packages)[:4])}"
            share, url = 1.0, readme_address(facts, min(packages.values()))
        elif files:
            share, note, url = 1.0, files[0], address_of(facts, files[0])
        elif section := next(read.sections_about(topics.INSTALL), None):
            share, note = 0.7, f"“{section.title[:60]}”"
            url = readme_address(facts, section.line)
        elif facts.card.get("library_name"):
            share, note = 0.5, f"the card names the library {str(facts.card['library_name'])[:40]}"
        return ChecklistItem(
            "installation",
            self.installation,
            share,
            note,
            url,
            "Name what to install, with versions.",
        )

    def _interface(self, facts: Facts, read: Reading) -> ChecklistItem:
        takes, gives = read.first(topics.INPUT), read.first(topics.OUTPUT)
        sides = [found for found in (takes, gives) if found]
        schema = facts.card.get("widget") or facts.card.get("dataset_info")
        share = 1.0 if schema else len(sides) / 2
        note = (
            "examples in the card"
            if schema
            else " and ".join(
                name for name, found in (("inputs", takes), ("outputs", gives)) if found
            )
        )
        return ChecklistItem(
            "inputs and outputs",
            self.interface,
            share,
            note,
            readme_address(facts, sides[0][1] if sides else None),
            "Say what goes in and what comes out, with shapes or an example.",
        )

    def _making(self, facts: Facts, read: Reading) -> ChecklistItem:
        share, note, line = 0.0, "", None
        figure = read.first(topics.HYPERPARAMETER)
        section = next(read.sections_about(topics.TRAINING), None)
        if section:
            share, note, line = 1.0, f"“{section.title[:60]}”", section.line
        elif figure:
            share, note, line = 0.7, "figures in the text", figure[1]
        return ChecklistItem(
            "parameters and how it was made",
            self.making,
            share,
            note,
            readme_address(facts, line),
            "List the settings it was made with.",
        )

    def _trial(self, facts: Facts, read: Reading) -> ChecklistItem:
        notebooks = [file.path for file in facts.files if topics.EXAMPLE_FILE.search(file.path)]
        link = next((one for one in read.links if topics.TRIAL.search(one.url)), None)
        share, note, url = 0.0, "", readme_address(facts)
        if notebooks:
            share, note, url = 1.0, notebooks[0], address_of(facts, notebooks[0])
        elif link:
            share, note, url = 1.0, link.url[:100], readme_address(facts, link.line)
        return ChecklistItem(
            "examples to try",
            self.trial,
            share,
            note,
            url,
            "Add a notebook, a demo, or a folder of examples.",
        )

    def _further(self, facts: Facts, read: Reading) -> ChecklistItem:
        link = next((one for one in read.links if topics.FURTHER.search(one.url)), None)
        share, note, line = (1.0, link.url[:100], link.line) if link else (0.0, "", None)
        return ChecklistItem(
            "further reading",
            self.further,
            share,
            note,
            readme_address(facts, line),
            "Link the paper, the documentation or the code.",
        )


def _usefulness(block: Snippet) -> float:
    """1 for code that loads this artifact and parses; less for what needs changes."""
    if block.loads:
        return 0.6 if block.problem or block.kind == "other" else 1.0
    return {"python": 0.4, "shell": 0.2, "other": 0.1}[block.kind] * (0.5 if block.problem else 1.0)

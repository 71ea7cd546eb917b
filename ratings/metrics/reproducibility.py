"""Could we run it again from what is here?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from artifacts.facts import Facts
from ratings.measurements.addresses import readme_address
from ratings.measurements.measurement import MODEL, Evidence, Measurement
from ratings.observing.examples import Snippet, installs, snippets
from ratings.observing.footprint import footprint
from ratings.observing.readme import reading
from ratings.observing.readme_parts import Reading
from ratings.observing.requirements import declared, uncovered

_SEED = re.compile(r"\bseed\b\s{0,3}[:=(]?\s{0,3}\d+|manual_seed\(|set_seed\(", re.IGNORECASE)
_PINNED = re.compile(
    r"revision\s?=|==\s?\d|@[0-9a-f]{7,40}\b|Transformers\s+\d+\.\d+", re.IGNORECASE
)
_NEEDS_CONFIG = frozenset({"transformers", "peft", "diffusers", "sentence-transformers"})
_CONFIGS = frozenset(
    "config.json model_index.json adapter_config.json modules.json params.json"
    " config_sentence_transformers.json open_clip_config.json".split()
)


@dataclass(frozen=True)
class Reproducibility:
    """Could we run it again from what is here?

    1 when the code in the card parses, loads exactly this model, imports only what is
    declared, and all its files are there. One half when it would need small repairs, each
    of which is named. 0 when no code is shown. The code is read and never run.
    """

    name: ClassVar[str] = "reproducibility"
    applies_to: ClassVar[frozenset[str]] = MODEL
    needs_repair: float = 0.5

    def measure(self, facts: Facts) -> Measurement:
        if facts.readme is None and facts.readme_problem:
            return Measurement.unknown(f"the README could not be read: {facts.readme_problem}")
        read = reading(facts)
        blocks = [block for block in snippets(read, facts) if _demonstrates(block)]
        if not blocks:
            hint = "Show the code that loads the model and uses it once."
            return Measurement(
                0.0,
                "the card shows no code",
                (Evidence("no demonstration code", readme_address(facts), hint),),
            )
        packages = declared(facts, read)
        judged = [(self._repairs(facts, read, block, packages), block) for block in blocks]
        repairs, best = min(judged, key=lambda one: (len(one[0]), one[1].line))
        repairs = repairs + self._incomplete(facts, packages)
        seen = Evidence(f"{best.kind} code that loads this model", readme_address(facts, best.line))
        if not best.loads:
            seen = Evidence(f"{best.kind} code", readme_address(facts, best.line))
        evidence = (seen, *repairs, *self._pins(facts, read))
        if not repairs:
            return Measurement(
                1.0, f"the code on line {best.line} parses, loads it and is complete", evidence
            )
        needed = "; ".join(one.note for one in repairs)
        return Measurement(self.needs_repair, f"it needs small repairs: {needed}", evidence)

    def _repairs(
        self, facts: Facts, read: Reading, block: Snippet, packages: dict[str, str]
    ) -> list[Evidence]:
        where = readme_address(facts, block.line)
        repairs = []
        if block.problem:
            note = f"the code does not parse ({block.problem})"
            repairs.append(Evidence(note, where, "Correct the code so that it can be copied."))
        if not block.loads:
            note = "the code does not load this model by its name"
            repairs.append(Evidence(note, where, "Load the model by the name it has here."))
        if block.kind == "shell" and not installs(read) and not _HUB_TOOL.search(block.text):
            note = "nothing says how to install what the command needs"
            repairs.append(Evidence(note, where, "Show how to install it."))
        lacking = uncovered(block.imports, packages)
        if lacking:
            note = f"imports that are not declared: {', '.join(lacking[:6])}"
            hint = "Add a requirements file, or show the installation."
            repairs.append(Evidence(note, where, hint))
        return repairs

    def _incomplete(self, facts: Facts, packages: dict[str, str]) -> list[Evidence]:
        """Files that loading needs and that are not in the listing; silent without a listing."""
        if not facts.files:
            return []
        repairs = []
        needed = footprint(facts)
        if needed is None:
            repairs.append(Evidence("no weights are in the repository", "", "Add the weights."))
        elif needed.missing:
            some = ", ".join(needed.missing[:3])
            note = f"{len(needed.missing)} weight files are missing ({some})"
            repairs.append(Evidence(note, "", "Upload every shard that the index names."))
        names = {file.path.rpartition("/")[2] for file in facts.files}
        is_single = needed is not None and needed.chosen[0].format not in {"safetensors", "PyTorch"}
        library = str(facts.card.get("library_name") or "")
        if library in _NEEDS_CONFIG & packages.keys() and not is_single and not names & _CONFIGS:
            note = f"{library} needs a configuration file, and there is none"
            repairs.append(Evidence(note, "", "Add config.json."))
        return repairs

    def _pins(self, facts: Facts, read: Reading) -> list[Evidence]:
        """What makes a second run the same run: shown beside the score."""
        found = []
        for what, pattern in (("a seed is stated", _SEED), ("versions are pinned", _PINNED)):
            lines = [code.line for code in read.code if pattern.search(code.text[:20_000])]
            lines += [line for text, line in read.paragraphs if pattern.search(text)]
            if lines:
                found.append(Evidence(what, readme_address(facts, min(lines))))
        return found


_HUB_TOOL = re.compile(r"huggingface-cli|\bhf\b|ollama|docker|git (?:clone|lfs)|curl|wget")


def _demonstrates(block: Snippet) -> bool:
    """Code that does something with a model; bare installation and other languages do not."""
    if block.kind == "python":
        return bool(block.imports or block.loads or block.problem)
    return block.kind == "shell" and block.loads

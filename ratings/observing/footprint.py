"""Which files a model needs to be loaded once, and how many bytes they are.

A repository often holds the same weights several times: as safetensors and as pickle, in
two precisions, in many quantisations. Loading takes one complete set of them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from artifacts.facts import Facts, FileFact
from ratings.observing.weight_files import LARGEST, RANK, VARIANT, WeightSet, weight_sets

# What llama.cpp takes when a repository is named without a quantisation.
_PREFERRED_QUANTISATION = "Q4_K_M"
_USUAL_STEM = re.compile(r"(?:model|pytorch_model|diffusion_pytorch_model|adapter_model)\b")
_SECOND_COPY = re.compile(r"(?:consolidated|tf_model|flax_model|rust_model)", re.IGNORECASE)
_ADAPTER = re.compile(r"(?:adapter_model|pytorch_lora_weights|lora\b|ip[-_]adapter)", re.IGNORECASE)
_PROJECTOR = re.compile(r"mmproj", re.IGNORECASE)
_UNMERGED_DECODER = re.compile(r"decoder_(?:with_past_)?model\.")
_COMPANION = re.compile(
    r"\.(?:json|txt|model|spm|tiktoken|jinja|yaml|yml|py|vocab|bpe|xml)$", re.IGNORECASE
)
_NOT_COMPANION = re.compile(
    r"\.index\.json$|^(?:readme|license|notice|requirements|results?|eval|all_results|train)"
    r"|trainer_state|dataset_infos?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What is loaded once: the chosen sets, what goes with them, and what was left out."""

    chosen: tuple[WeightSet, ...]
    companions: tuple[FileFact, ...] = ()
    others: tuple[WeightSet, ...] = ()
    is_adapter: bool = False

    @property
    def weight_bytes(self) -> int | None:
        sizes = [one.bytes for one in self.chosen]
        known = [size for size in sizes if size is not None]
        return None if len(known) < len(sizes) else sum(known)

    @property
    def companion_bytes(self) -> int:
        sizes = (file.size_bytes or 0 for file in self.companions)
        return sum(size for size in sizes if 0 < size <= LARGEST)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(path for one in self.chosen for path in one.missing)

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(file.path for one in self.chosen for file in one.files)


def footprint(facts: Facts) -> Footprint | None:
    """The files one load takes; None where the listing has no weights at all."""
    sets = weight_sets(facts)
    if not sets:
        return None
    is_pipeline = any(file.path == "model_index.json" for file in facts.files)
    chosen = (_pipeline(facts, sets) if is_pipeline else ()) or _single(sets)
    others = tuple(one for one in sets if one not in chosen)
    is_adapter = all(_ADAPTER.match(one.stem) for one in chosen)
    return Footprint(chosen, _companions(facts, chosen), others, is_adapter)


def _single(sets: list[WeightSet]) -> tuple[WeightSet, ...]:
    """One copy, from the folder nearest the root, in the best format that is complete."""
    candidates = _without_adapters(sets)
    depth = min(_depth(one) for one in candidates)
    nearest = [one for one in candidates if _depth(one) == depth]
    formats = sorted({one.format for one in nearest}, key=RANK.__getitem__)
    groups = [[one for one in nearest if one.format == name] for name in formats]
    complete = [group for group in groups if any(not one.missing for one in group)]
    group = (complete or groups)[0]
    folder = min(one.folder for one in group)
    return _of_one_format([one for one in group if one.folder == folder])


def _of_one_format(group: list[WeightSet]) -> tuple[WeightSet, ...]:
    if group[0].format in {"GGUF", "GGML"}:
        return _quantised(group)
    if group[0].format == "ONNX":
        return _onnx(group)
    usable = [one for one in group if not one.missing] or group
    return (min(usable, key=_plainness),)


def _plainness(one: WeightSet) -> tuple[bool, bool, bool, int, str]:
    """Sort key: what a loader takes without being told comes first."""
    is_copy = _SECOND_COPY.match(one.stem) is not None
    is_unusual = _USUAL_STEM.match(one.stem) is None
    return is_copy, is_unusual, bool(one.variant), -(one.bytes or 0), one.stem


def _quantised(group: list[WeightSet]) -> tuple[WeightSet, ...]:
    """One quantisation, and the projector beside it that a vision model needs."""
    projectors = [one for one in group if _PROJECTOR.search(one.stem)]
    plain = [one for one in group if one not in projectors] or group
    usable = [one for one in plain if not one.missing] or plain
    preferred = [one for one in usable if one.variant == _PREFERRED_QUANTISATION]
    chosen = (preferred or usable)[0]
    extra = sorted((one for one in projectors if one is not chosen), key=lambda one: one.bytes or 0)
    return (chosen, *extra[:1])


def _onnx(group: list[WeightSet]) -> tuple[WeightSet, ...]:
    """The parts of an exported model, each in its plainest variant."""
    parts: dict[str, list[WeightSet]] = defaultdict(list)
    for one in group:
        parts[VARIANT.sub("", one.stem)].append(one)
    if any(stem.startswith("decoder_model_merged") for stem in parts):
        # The merged decoder holds both others.
        for stem in filter(_UNMERGED_DECODER.match, tuple(parts)):
            del parts[stem]
    return tuple(min(copies, key=_plainness) for _, copies in sorted(parts.items()))


def _pipeline(facts: Facts, sets: list[WeightSet]) -> tuple[WeightSet, ...]:
    """Every component of a diffusion pipeline once; single files at the root are copies of it."""
    named = _components(facts)
    parts: dict[str, list[WeightSet]] = defaultdict(list)
    for one in sets:
        if _depth(one) == 1 and (not named or one.folder in named):
            parts[one.folder].append(one)
    return tuple(choice for folder in sorted(parts) for choice in _single(parts[folder]))


def _components(facts: Facts) -> frozenset[str]:
    """The folders that ``model_index.json`` names; empty where it was not read."""
    try:
        index = json.loads(facts.document("model_index.json") or "{}")
    except (ValueError, RecursionError):
        return frozenset()
    if not isinstance(index, dict):
        return frozenset()
    return frozenset(
        key for key, value in index.items() if isinstance(value, list) and value[:1] != [None]
    )


def _without_adapters(sets: Iterable[WeightSet]) -> list[WeightSet]:
    """The full weights where there are any; adapters where they are what the root holds."""
    everything = list(sets)
    full = [one for one in everything if not _ADAPTER.match(one.stem)]
    adapters = [one for one in everything if _ADAPTER.match(one.stem)]
    if full and adapters and min(map(_depth, adapters)) < min(map(_depth, full)):
        return adapters
    return full or adapters


def _companions(facts: Facts, chosen: tuple[WeightSet, ...]) -> tuple[FileFact, ...]:
    """Tokenizer, vocabulary, configuration and code that are read together with the weights."""
    folders = {one.folder for one in chosen} | {""}
    return tuple(
        file
        for file in facts.files
        if _COMPANION.search(file.path)
        and not _NOT_COMPANION.search(file.path.rpartition("/")[2])
        and (file.path.rpartition("/")[0] in folders or "tokenizer" in file.path)
    )


def _depth(one: WeightSet) -> int:
    return one.folder.count("/") + 1 if one.folder else 0

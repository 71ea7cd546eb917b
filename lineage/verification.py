"""Whether the files of a child and of its declared parent agree. Pure: facts in, words out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from artifacts.facts import Facts

DECLARED, VERIFIED, CONTRADICTED = "declared", "verified", "contradicted"
BUILT_ON = frozenset({"base_model", "adapter", "quantized", "merge"})

# What configurations of different architectures call the width of the model.
_WIDTHS = ("hidden_size", "n_embd", "d_model", "dim", "model_dim")
_DEPTHS = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.txt", "vocab.json")
_HUB_URL = re.compile(r"https?://[^/]+/(?P<repo>[^/]+/[^/?#]+?)/?(?:[?#].*)?")


@dataclass(frozen=True, slots=True)
class Traits:
    """What can be compared between two models; empty or 0 where the files do not say.

    Models made of several networks state an architecture and a hidden size for each.
    """

    repo: str = ""  # owner/name in lower case
    architectures: tuple[str, ...] = ()
    is_gguf: bool = False  # its architecture is in the words of llama.cpp
    hidden_sizes: tuple[int, ...] = ()
    layers: int = 0
    vocabulary: int = 0
    tokenizer: str = ""  # "<file name>:<digest>"
    adapter_base: str = ""  # what adapter_config.json says it adapts

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        known: dict[str, Any] = {
            item.name: data[item.name] for item in fields(cls) if item.name in data
        }
        plain: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in known.items()
        }
        return cls(**plain)


def verify(child: Facts, parent: Facts, relationship: str = "base_model") -> tuple[str, str]:
    """The status of a link between two models, and the reason in words."""
    return compare(traits_of(child), traits_of(parent), relationship)


def traits_of(facts: Facts) -> Traits:
    """What of a version can be compared; of anything but a model nothing."""
    if facts.type != "model":
        return Traits()
    config = _document(facts, "config.json")
    parts = [config, *(v for k, v in config.items() if k.endswith("_config") and _is_map(v))]
    header = next((w.metadata for w in facts.weights if w.format == "gguf" and w.metadata), {})
    llama = _text(header.get("general.architecture"))
    types = [_text(part.get("model_type")) for part in parts]
    widths = [_number([part], _WIDTHS) for part in parts]
    return Traits(
        repo=_repo(facts.url),
        architectures=_distinct(types) or _distinct([llama]),
        is_gguf=bool(llama) and not any(types),
        hidden_sizes=_distinct(widths)
        or _distinct([_whole(header.get(f"{llama}.embedding_length"))]),
        layers=_number(parts, _DEPTHS) or _whole(header.get(f"{llama}.block_count")),
        vocabulary=_number(parts, ("vocab_size",)),
        tokenizer=_tokenizer(facts),
        adapter_base=_text(_document(facts, "adapter_config.json").get("base_model_name_or_path")),
    )


def compare(child: Traits, parent: Traits, relationship: str) -> tuple[str, str]:
    """What the traits of both ends say of a link: a difference contradicts, two agreements verify.

    Vocabulary and depth alone never contradict: adding tokens and dropping or stacking
    layers are ordinary ways to make a model from another. Nor does the architecture of a
    merge, which may turn several dense models into a mixture, nor the name that llama.cpp
    gives to an architecture.
    """
    if relationship not in BUILT_ON:
        return DECLARED, ""
    adapted = _adapts(child, parent) if relationship == "adapter" else None
    if adapted is False:
        return CONTRADICTED, (
            f"adapter_config.json adapts {child.adapter_base[:200]}, not {parent.repo[:200]}"
        )
    different = _differences(child, parent, relationship)
    if different:
        return CONTRADICTED, "; ".join(different)
    same = _agreements(child, parent)
    if adapted:
        same.insert(0, f"adapter_config.json names {parent.repo[:200]}")
    if adapted or len(same) > 1:
        return VERIFIED, f"The files agree: {', '.join(same)}"
    if same:
        return DECLARED, f"Only one thing could be compared: {same[0]}"
    return DECLARED, "The files leave nothing to compare"


def _differences(child: Traits, parent: Traits, relationship: str) -> list[str]:
    found = []
    comparable = child.is_gguf == parent.is_gguf and relationship != "merge"
    if comparable and _disjoint(child.architectures, parent.architectures):
        here, there = _join(child.architectures), _join(parent.architectures)
        found.append(f"architecture {here} here, {there} there")
    if _disjoint(child.hidden_sizes, parent.hidden_sizes):
        here, there = _join(child.hidden_sizes), _join(parent.hidden_sizes)
        found.append(f"hidden size {here} here, {there} there")
    return found


def _agreements(child: Traits, parent: Traits) -> list[str]:
    found = []
    if both := [name for name in child.architectures if name in parent.architectures]:
        found.append(f"architecture {_join(both)}")
    if widths := [size for size in child.hidden_sizes if size in parent.hidden_sizes]:
        found.append(f"hidden size {_join(widths)}")
    if child.layers and child.layers == parent.layers:
        found.append(f"{child.layers} layers")
    if child.vocabulary and child.vocabulary == parent.vocabulary:
        found.append(f"vocabulary {child.vocabulary}")
    if child.tokenizer and child.tokenizer == parent.tokenizer:
        found.append(f"the same {child.tokenizer.partition(':')[0]}")
    return found


def _disjoint(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return bool(one) and bool(other) and not set(one) & set(other)


def _join(values: Sequence[Any]) -> str:
    return " and ".join(str(value)[:40] for value in values[:3])


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:8]


def _adapts(child: Traits, parent: Traits) -> bool | None:
    """Whether the adapter's own file names this parent; None where it names a folder or nothing."""
    named = child.adapter_base.strip().rstrip("/").lower()
    if match := _HUB_URL.fullmatch(named):
        named = match["repo"]
    if not named or not parent.repo or named.startswith((".", "/", "~")) or "\\" in named:
        return None
    if named == parent.repo:
        return True
    # "checkpoints/run-3/merged" is a folder of the author; "owner/name" and "name" are the Hub's
    return None if named.count("/") > 1 else False


def _repo(url: str) -> str:
    """The name that configurations use for the repository at a canonical URL."""
    path = url.partition("://")[2].partition("/")[2]
    return path.removeprefix("datasets/").lower()


def _document(facts: Facts, path: str) -> dict[str, Any]:
    try:
        data = json.loads(facts.document(path) or "{}")
    except (ValueError, RecursionError):  # a stranger's file: an unreadable one says nothing
        return {}
    return data if isinstance(data, dict) else {}


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _text(value: Any) -> str:
    return value.strip().lower()[:500] if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    plain = isinstance(value, int) and not isinstance(value, bool)
    return int(value) if plain and 0 < value < 10**12 else 0


def _number(configs: list[dict[str, Any]], names: tuple[str, ...]) -> int:
    found = (_whole(config.get(name)) for config in configs for name in names)
    return next((number for number in found if number), 0)


def _tokenizer(facts: Facts) -> str:
    by_path = {item.path: item for item in facts.files}
    for name in _TOKENIZERS:
        item = by_path.get(name)
        if item and (digest := item.sha256 or item.git_sha1):
            return f"{name}:{digest}"
    return ""

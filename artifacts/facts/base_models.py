"""What a model was made from, as its card, its configurations and its recipe of a merge say it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from artifacts.facts import model_names
from artifacts.facts.cards import parse_card
from artifacts.facts.known_addresses import Addresses, SeenAt, by_id
from artifacts.facts.records import Facts, Reference

_RELATIONS = {"adapter": "adapter", "quantized": "quantized", "merge": "merge"}
_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
# What tells a recipe of mergekit from other YAML, and what it calls its parts.
_RECIPE = ("merge_method", "slices", "experts")
_PARTS = frozenset({"model", "base_model", "source_model", "path"})


def words(value: Any) -> list[str]:
    """The words of a field of a card, which may hold one or a list of them."""
    values: Iterable[Any] = value if isinstance(value, list) else [value]
    return [word.strip() for word in values if isinstance(word, str) and word.strip()]


def in_card(facts: Facts, addresses: Addresses) -> Iterator[Reference]:
    """The base models of the front matter."""
    relation = _relation_stated(facts)
    names = words(facts.card.get("base_model"))
    for name in names:
        kind = relation or relation_seen(facts, name, len(names))
        yield by_id(addresses, "model", name, kind, SeenAt("model_card", facts.readme_path))


def in_configs(facts: Facts, addresses: Addresses) -> Iterator[Reference]:
    """The base models that configuration files name."""
    for path, text in facts.documents.items():
        name = path.rpartition("/")[2].lower()
        if name == "adapter_config.json":
            base = _json(text).get("base_model_name_or_path")
            yield from of_id(addresses, base, "adapter", SeenAt("adapter_config", path))
        elif path.lower() == "config.json":
            base = _json(text).get("_name_or_path")
            yield from of_id(addresses, base, "base_model", SeenAt("config_json", path))
        elif name.endswith((".yml", ".yaml")):
            yield from in_recipe(addresses, text, path)


def of_id(addresses: Addresses, name: Any, relationship: str, at: SeenAt) -> Iterator[Reference]:
    """A base model by an exact id; paths of somebody's disk look alike and are not ids."""
    if isinstance(name, str) and (_ID.fullmatch(name) or name in model_names.OWNERLESS):
        reference = by_id(addresses, "model", name, relationship, at)
        if reference.url:
            yield reference


def in_recipe(
    addresses: Addresses, text: str, path: str, line: int | None = None
) -> Iterator[Reference]:
    """The models that a recipe of mergekit names, with what it adds to them."""
    body = re.sub(r"\A(?:\s*(?:#.*)?\n)*---[ \t]*\n", "", text)
    front = parse_card(f"---\n{body}\n---\n").front
    if "mergekit" not in path.lower() and not any(key in front for key in _RECIPE):
        return
    for stated in _merged(front):
        for part in stated.split("+"):  # base+adapter, each with @revision
            name = part.partition("@")[0].strip()
            yield from of_id(addresses, name, "merge", SeenAt("merge_config", path, line))


def relation_seen(facts: Facts, name: str, names: int) -> str:
    """The relation by the Hub's own tags, else by what the repository plainly is."""
    for relation, word in _RELATIONS.items():
        if f"base_model:{relation}:{name}" in facts.tags:
            return word
    if any(file.path == "adapter_config.json" for file in facts.files):
        return "adapter"
    tags = {tag.lower() for tag in (*facts.tags, *words(facts.card.get("tags")))}
    if names > 1 and tags & {"merge", "mergekit"}:
        return "merge"
    if tags & {"gguf", "gptq", "awq", "exl2"} or any(f.path.endswith(".gguf") for f in facts.files):
        return "quantized"
    return "base_model"


def _relation_stated(facts: Facts) -> str:
    """The relation to the base model in the words of lineage; '' where the card is silent."""
    said = facts.card.get("base_model_relation")
    if not isinstance(said, str) or not said:
        return ""
    return _RELATIONS.get(said.lower(), "base_model")


def _merged(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _PARTS and isinstance(inner, str):
                yield inner
            else:
                yield from _merged(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _merged(inner)


def _json(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}

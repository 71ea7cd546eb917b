"""What an artifact names: datasets, code, base models, papers, each with where it was seen.

Structured metadata comes first, then configuration files, then links in the README. Only
exact identities count: an id in a field that is meant for one, an address that a source
recognises, or an id in prose that the words beside it call a parent. A name that merely
sounds like one stays a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from artifacts.facts import base_models
from artifacts.facts.base_models import words
from artifacts.facts.known_addresses import Addresses, SeenAt, by_id, by_place, recognised
from artifacts.facts.readme_links import in_readme
from artifacts.facts.records import Facts, Reference

MAX_REFERENCES = 500
_GGUF_PARENT = re.compile(
    r"general\.(?:base_model\.\d+\.(?:repo_)?url|source\.(?:repo_)?url"
    r"|source\.huggingface\.repository)"
)
_GGUF_DATA = re.compile(r"general\.dataset\.\d+\.(?:repo_)?url")


def of(facts: Facts, addresses: Addresses) -> tuple[Reference, ...]:
    """Everything that ``facts`` refer to, each thing once per place where it was seen."""
    found: dict[tuple[str, str, str, str], Reference] = {}
    own = facts.url.casefold()
    for reference in _all(facts, addresses):
        if reference.url.casefold() == own and own:
            continue
        identity = (reference.url or reference.name).casefold()
        key = (reference.kind, identity, reference.relationship, reference.seen_in)
        found.setdefault(key, reference)
        if len(found) == MAX_REFERENCES:
            break
    return tuple(found.values())


def _all(facts: Facts, addresses: Addresses) -> Iterator[Reference]:
    yield from _in_card(facts, addresses)
    yield from _in_tags(facts)
    yield from base_models.in_configs(facts, addresses)
    yield from _in_weights(facts, addresses)
    if facts.readme:
        yield from in_readme(facts, addresses)


def _in_card(facts: Facts, addresses: Addresses) -> Iterator[Reference]:
    at = SeenAt("model_card", facts.readme_path)
    if facts.type == "model":
        for name in words(facts.card.get("datasets")):
            yield by_id(addresses, "dataset", name, "training_dataset", at)
        yield from base_models.in_card(facts, addresses)
        for name in _evaluated_on(facts.card.get("model-index")):
            yield by_id(addresses, "dataset", name, "evaluation_dataset", at)
    for key in ("repo", "repository", "code", "github", "source_code"):
        for word in words(facts.card.get(key)):
            found = recognised(addresses, word)
            if found and found.type == "code":
                yield by_place(found, "code", at)


def _evaluated_on(index: Any) -> Iterator[str]:
    for model in index if isinstance(index, list) else ():
        results = model.get("results") if isinstance(model, Mapping) else None
        for result in results if isinstance(results, list) else ():
            dataset = result.get("dataset") if isinstance(result, Mapping) else None
            name = dataset.get("type") if isinstance(dataset, Mapping) else None
            if isinstance(name, str):
                yield name


def _in_tags(facts: Facts) -> Iterator[Reference]:
    for tag in facts.tags:
        if tag.startswith("arxiv:"):
            number = tag.removeprefix("arxiv:")
            yield Reference(
                "paper", f"arXiv:{number}", f"https://arxiv.org/abs/{number}", seen_in="model_card"
            )


def _in_weights(facts: Facts, addresses: Addresses) -> Iterator[Reference]:
    for weights in facts.weights:
        for key, value in weights.metadata.items():
            is_parent = _GGUF_PARENT.fullmatch(key)
            if not is_parent and not _GGUF_DATA.fullmatch(key):
                continue
            found = recognised(addresses, value if "://" in value else f"{addresses.hub}/{value}")
            if found and found.type == ("model" if is_parent else "dataset"):
                relationship = "quantized" if is_parent else "training_dataset"
                yield by_place(found, relationship, SeenAt("gguf", weights.path))

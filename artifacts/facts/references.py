"""What an artifact names: datasets, code, base models, papers, each with where it was seen.

Structured metadata comes first, then configuration files, then links in the README. Only
exact identities count: an id in a field that is meant for one, an address that a source
recognises, or an id in prose that the words beside it call a parent. A name that merely
sounds like one stays a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from artifacts.facts import link_words, model_names
from artifacts.facts.cards import Card, parse_card
from artifacts.facts.records import Facts, Reference
from artifacts.sources.errors import UnrecognisedUrl
from artifacts.sources.places import GITHUB, HUGGINGFACE, Place, place, recognise

MAX_REFERENCES = 500
MAX_NAMES = 1_000  # in the prose of one README
MAX_LINE = 20_000
_RELATIONS = {"adapter": "adapter", "quantized": "quantized", "merge": "merge"}
_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
_LINK = re.compile(
    r"(?:https?://|\b(?=(?:huggingface\.co|github\.com)/))[^\s<>\"'`\])}|\\,]+", re.IGNORECASE
)
_FENCE = re.compile(r"\s{0,3}(?:>\s?)*(```+|~~~+)")
# What tells a recipe of mergekit from other YAML, and what it calls its parts.
_RECIPE = ("merge_method", "slices", "experts")
_PARTS = frozenset({"model", "base_model", "source_model", "path"})
_GGUF_PARENT = re.compile(
    r"general\.(?:base_model\.\d+\.(?:repo_)?url|source\.(?:repo_)?url"
    r"|source\.huggingface\.repository)"
)
_GGUF_DATA = re.compile(r"general\.dataset\.\d+\.(?:repo_)?url")
_PAPER = re.compile(
    r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})|doi\.org/(10\.\d{4,9}/[\w.()/:;-]+)", re.IGNORECASE
)


class Line(NamedTuple):
    """One line of a README, and whether it stands in a block of code."""

    text: str
    number: int
    is_code: bool


def of(facts: Facts) -> tuple[Reference, ...]:
    """Everything that ``facts`` refer to, each thing once per place where it was seen."""
    found: dict[tuple[str, str, str, str], Reference] = {}
    own = facts.url.casefold()
    for reference in _all(facts):
        if reference.url.casefold() == own and own:
            continue
        identity = (reference.url or reference.name).casefold()
        key = (reference.kind, identity, reference.relationship, reference.seen_in)
        found.setdefault(key, reference)
        if len(found) == MAX_REFERENCES:
            break
    return tuple(found.values())


def _all(facts: Facts) -> Iterator[Reference]:
    yield from _in_card(facts)
    yield from _in_tags(facts)
    yield from _in_configs(facts)
    yield from _in_weights(facts)
    if facts.readme:
        yield from _in_readme(facts)


def _in_card(facts: Facts) -> Iterator[Reference]:
    path = facts.readme_path
    if facts.type == "model":
        for name in _words(facts.card.get("datasets")):
            yield _hub("dataset", name, "training_dataset", "model_card", path)
        relation = _relation_stated(facts)
        names = _words(facts.card.get("base_model"))
        for name in names:
            kind = relation or _relation_seen(facts, name, len(names))
            yield _hub("model", name, kind, "model_card", path)
        for name in _evaluated_on(facts.card.get("model-index")):
            yield _hub("dataset", name, "evaluation_dataset", "model_card", path)
    for key in ("repo", "repository", "code", "github", "source_code"):
        for word in _words(facts.card.get(key)):
            linked = _recognised(word)
            if linked and linked.source == GITHUB:
                yield _linked(linked, "code", "model_card", path, None)


def _relation_stated(facts: Facts) -> str:
    """The relation to the base model in the words of lineage; '' where the card is silent."""
    said = facts.card.get("base_model_relation")
    if not isinstance(said, str) or not said:
        return ""
    return _RELATIONS.get(said.lower(), "base_model")


def _relation_seen(facts: Facts, name: str, names: int) -> str:
    """The relation by the Hub's own tags, else by what the repository plainly is."""
    for relation, word in _RELATIONS.items():
        if f"base_model:{relation}:{name}" in facts.tags:
            return word
    if any(file.path == "adapter_config.json" for file in facts.files):
        return "adapter"
    tags = {tag.lower() for tag in (*facts.tags, *_words(facts.card.get("tags")))}
    if names > 1 and tags & {"merge", "mergekit"}:
        return "merge"
    if tags & {"gguf", "gptq", "awq", "exl2"} or any(f.path.endswith(".gguf") for f in facts.files):
        return "quantized"
    return "base_model"


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


def _in_configs(facts: Facts) -> Iterator[Reference]:
    for path, text in facts.documents.items():
        name = path.rpartition("/")[2].lower()
        if name == "adapter_config.json":
            base = _json(text).get("base_model_name_or_path")
            yield from _base(base, "adapter", "adapter_config", path)
        elif path.lower() == "config.json":
            yield from _base(_json(text).get("_name_or_path"), "base_model", "config_json", path)
        elif name.endswith((".yml", ".yaml")):
            yield from _in_recipe(text, path)


def _base(
    name: Any, relationship: str, seen_in: str, path: str, line: int | None = None
) -> Iterator[Reference]:
    """A base model by an exact id; paths of somebody's disk look alike and are not ids."""
    if isinstance(name, str) and (_ID.fullmatch(name) or name in model_names.OWNERLESS):
        reference = _hub("model", name, relationship, seen_in, path)
        if reference.url:
            yield replace(reference, line=line)


def _in_recipe(text: str, path: str, line: int | None = None) -> Iterator[Reference]:
    """The models that a recipe of mergekit names, with what it adds to them."""
    body = re.sub(r"\A(?:\s*(?:#.*)?\n)*---[ \t]*\n", "", text)
    front = parse_card(f"---\n{body}\n---\n").front
    if "mergekit" not in path.lower() and not any(key in front for key in _RECIPE):
        return
    for stated in _merged(front):
        for part in stated.split("+"):  # base+adapter, each with @revision
            yield from _base(part.partition("@")[0].strip(), "merge", "merge_config", path, line)


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


def _in_weights(facts: Facts) -> Iterator[Reference]:
    for weights in facts.weights:
        for key, value in weights.metadata.items():
            is_parent = _GGUF_PARENT.fullmatch(key)
            if not is_parent and not _GGUF_DATA.fullmatch(key):
                continue
            url = value if "://" in value else f"https://huggingface.co/{value}"
            linked = _recognised(url)
            if linked and linked.type == ("model" if is_parent else "dataset"):
                relationship = "quantized" if is_parent else "training_dataset"
                yield _linked(linked, relationship, "gguf", weights.path, None)


def _in_readme(facts: Facts) -> Iterator[Reference]:
    lines = list(_lines(parse_card(facts.readme or "")))
    if facts.type == "model":
        for text, number in _blocks(lines):
            yield from _in_recipe(text, facts.readme_path, number)
    for line, number, _ in lines:
        for match in _LINK.finditer(line):
            url = match[0].rstrip(".;:!?*_")
            reference = _from_link(facts, url, (line, *match.span()), number)
            if reference:
                yield reference
    if facts.type == "model":
        yield from _named_in(facts, lines)


def _lines(card: Card) -> Iterator[Line]:
    """The lines of a README that are no longer than anybody writes them."""
    fence = ""
    for number, line in enumerate(card.body.splitlines(), card.body_line):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif len(line) <= MAX_LINE:
            yield Line(line, number, bool(fence))


def _blocks(lines: Iterable[Line]) -> Iterator[tuple[str, int]]:
    """Each block of code, with the number of its first line."""
    block: list[Line] = []
    for line in lines:
        if block and not (line.is_code and line.number == block[-1].number + 1):
            yield "\n".join(one.text for one in block), block[0].number
            block = []
        if line.is_code:
            block.append(line)
    if block:
        yield "\n".join(one.text for one in block), block[0].number


def _named_in(facts: Facts, lines: Iterable[Line]) -> Iterator[Reference]:
    """Models that prose calls a parent by their exact id, without a link."""
    prose = (line for line in lines if not line.is_code)
    names = ((line, *found) for line in prose for found in model_names.named(line.text))
    for line, name, start, end in islice(names, MAX_NAMES):
        said = _parent_by_words(facts, name, (line.text, start, end))
        if said:
            yield from _base(name, said, "readme", facts.readme_path, line.number)


def _from_link(
    facts: Facts, url: str, context: tuple[str, int, int], number: int
) -> Reference | None:
    where = {"seen_in": "readme", "path": facts.readme_path, "line": number}
    if paper := _PAPER.search(url):
        name = f"arXiv:{paper[1]}" if paper[1] else f"doi:{paper[2]}"
        link = f"https://arxiv.org/abs/{paper[1]}" if paper[1] else f"https://doi.org/{paper[2]}"
        return Reference("paper", name, link, **where)  # type: ignore[arg-type]
    if re.match(r"https?://(?:huggingface|hf)\.co/spaces/[\w.-]+/[\w.-]+", url):
        return Reference("demo", url.split("/spaces/")[1], url, **where)  # type: ignore[arg-type]
    linked = _recognised(url)
    if linked is None:
        return None
    return _linked(linked, _by_context(facts, linked, context), "readme", facts.readme_path, number)


def _by_context(facts: Facts, linked: Place, context: tuple[str, int, int]) -> str:
    """What the words around a link say of it; '' where they say nothing."""
    if linked.type == "code":
        # a repository that links another one uses it, cites it or belongs beside it
        if facts.type == "code":
            return ""
        line, start, end = context
        beside = line[max(0, start - 300) : end + 300]
        return link_words.code(beside, linked.repo, facts.url.rpartition("/")[0].rpartition("/")[2])
    if facts.type != "model":
        return ""
    if linked.type == "dataset":
        return link_words.dataset(context[0], linked.repo)
    return _parent_by_words(facts, linked.repo, context)


def _parent_by_words(facts: Facts, name: str, context: tuple[str, int, int]) -> str:
    said = link_words.base_model(*context)
    is_adapter = said and _relation_seen(facts, name, 1) == "adapter"
    return "adapter" if is_adapter else said


def _recognised(url: str) -> Place | None:
    """The repository behind a link, also where it points to a page inside of one."""
    address = url if "://" in url else f"https://{url}"
    address = re.sub(r"^http:", "https:", address, flags=re.IGNORECASE).split("#")[0].split("?")[0]
    try:
        found = recognise(_without_page(address))
    except UnrecognisedUrl:
        return None
    # one word after the host is a user or an organisation far more often than a legacy model
    is_repository = "/" in found.repo or found.repo in model_names.OWNERLESS
    return found if is_repository or found.type == "dataset" else None


def _without_page(address: str) -> str:
    return re.sub(
        r"/(?:tree|blob|resolve|raw|commits?|issues|pull|pulls|releases|wiki|discussions|actions"
        r"|viewer|edit|archive)(?:/.*)?$",
        "",
        address,
    )


def _hub(kind: str, name: str, relationship: str, seen_in: str, path: str) -> Reference:
    linked = _recognised(name) if "://" in name else _named(kind, name)
    if linked and linked.type != kind:
        linked = None
    shown = linked.repo if linked else name[:300]
    return Reference(kind, shown, linked.url if linked else "", relationship, seen_in, path)


def _named(kind: str, name: str) -> Place | None:
    try:
        return place(HUGGINGFACE, kind, name)
    except UnrecognisedUrl:
        return None


def _linked(
    linked: Place, relationship: str, seen_in: str, path: str, line: int | None
) -> Reference:
    return Reference(linked.type, linked.repo, linked.url, relationship, seen_in, path, line)


def _words(value: Any) -> list[str]:
    values: Iterable[Any] = value if isinstance(value, list) else [value]
    return [word.strip() for word in values if isinstance(word, str) and word.strip()]


def _json(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}

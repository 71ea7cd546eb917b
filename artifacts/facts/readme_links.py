"""What the README of an artifact refers to: its links, and the models that its prose names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from artifacts.facts import base_models, link_words, model_names
from artifacts.facts.cards import Card, parse_card
from artifacts.facts.known_addresses import Addresses, NamedPlace, SeenAt, by_place, recognised
from artifacts.facts.records import Facts, Reference

MAX_NAMES = 1_000  # in the prose of one README
MAX_LINE = 20_000
_FENCE = re.compile(r"\s{0,3}(?:>\s?)*(```+|~~~+)")
_PAPER = re.compile(
    r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})|doi\.org/(10\.\d{4,9}/[\w.()/:;-]+)", re.IGNORECASE
)


class ReadmeLine(NamedTuple):
    """One line of a README, and whether it stands in a block of code."""

    text: str
    number: int
    is_code: bool


def in_readme(facts: Facts, addresses: Addresses) -> Iterator[Reference]:
    """Everything that the README refers to, recipes and links before names in prose."""
    lines = list(_lines(parse_card(facts.readme or "")))
    if facts.type == "model":
        for text, number in _blocks(lines):
            yield from base_models.in_recipe(addresses, text, facts.readme_path, number)
    link = _link(tuple(addresses.hosts))
    for line, number, _ in lines:
        for match in link.finditer(line):
            url = match[0].rstrip(".;:!?*_")
            reference = _from_link(facts, addresses, url, (line, *match.span()), number)
            if reference:
                yield reference
    if facts.type == "model":
        yield from _named_in(facts, addresses, lines)


@lru_cache(maxsize=8)
def _link(hosts: tuple[str, ...]) -> re.Pattern[str]:
    """An address in a text, of ``hosts`` also without its scheme."""
    bare = rf"|\b(?=(?:{'|'.join(map(re.escape, hosts))})/)" if hosts else ""
    return re.compile(rf"(?:https?://{bare})[^\s<>\"'`\])}}|\\,]+", re.IGNORECASE)


def _lines(card: Card) -> Iterator[ReadmeLine]:
    """The lines of a README that are no longer than anybody writes them."""
    fence = ""
    for number, line in enumerate(card.body.splitlines(), card.body_line):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif len(line) <= MAX_LINE:
            yield ReadmeLine(line, number, bool(fence))


def _blocks(lines: Iterable[ReadmeLine]) -> Iterator[tuple[str, int]]:
    """Each block of code, with the number of its first line."""
    block: list[ReadmeLine] = []
    for line in lines:
        if block and not (line.is_code and line.number == block[-1].number + 1):
            yield "\n".join(one.text for one in block), block[0].number
            block = []
        if line.is_code:
            block.append(line)
    if block:
        yield "\n".join(one.text for one in block), block[0].number


def _named_in(
    facts: Facts, addresses: Addresses, lines: Iterable[ReadmeLine]
) -> Iterator[Reference]:
    """Models that prose calls a parent by their exact id, without a link."""
    prose = (line for line in lines if not line.is_code)
    names = ((line, *found) for line in prose for found in model_names.named(line.text))
    for line, name, start, end in islice(names, MAX_NAMES):
        said = _parent_by_words(facts, name, (line.text, start, end))
        if said:
            at = SeenAt("readme", facts.readme_path, line.number)
            yield from base_models.of_id(addresses, name, said, at)


def _from_link(
    facts: Facts, addresses: Addresses, url: str, context: tuple[str, int, int], number: int
) -> Reference | None:
    at = SeenAt("readme", facts.readme_path, number)
    if paper := _PAPER.search(url):
        name = f"arXiv:{paper[1]}" if paper[1] else f"doi:{paper[2]}"
        link = f"https://arxiv.org/abs/{paper[1]}" if paper[1] else f"https://doi.org/{paper[2]}"
        return Reference("paper", name, link, "", *at)
    if demo := addresses.demo(url):
        return Reference("demo", demo, url, "", *at)
    found = recognised(addresses, url)
    if found is None:
        return None
    return by_place(found, _by_context(facts, found, context), at)


def _by_context(facts: Facts, found: NamedPlace, context: tuple[str, int, int]) -> str:
    """What the words around a link say of it; '' where they say nothing."""
    if found.type == "code":
        # a repository that links another one uses it, cites it or belongs beside it
        if facts.type == "code":
            return ""
        line, start, end = context
        beside = line[max(0, start - 300) : end + 300]
        return link_words.code(beside, found.repo, facts.url.rpartition("/")[0].rpartition("/")[2])
    if facts.type != "model":
        return ""
    if found.type == "dataset":
        return link_words.dataset(context[0], found.repo)
    return _parent_by_words(facts, found.repo, context)


def _parent_by_words(facts: Facts, name: str, context: tuple[str, int, int]) -> str:
    said = link_words.base_model(*context)
    is_adapter = said and base_models.relation_seen(facts, name, 1) == "adapter"
    return "adapter" if is_adapter else said

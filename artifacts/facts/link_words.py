"""What the words beside a link in a README say of it; '' where they say nothing.

A link among words is often a comparison, a sibling or a recommendation. So a base model is
one only where the words that say so lead to the link, or follow it, within one sentence
and without another link between.
"""

from __future__ import annotations

import re

from artifacts.facts.wordlists import table

# Tools that cards recommend for using a model; a link to one says nothing of how it was made.
GENERAL_TOOLS: frozenset[str] = frozenset(table("general_tools"))
# Tables of results, which cards link as their evaluation.
RESULTS = re.compile(r"open-llm-leaderboard(?:-old)?/", re.IGNORECASE)

_TRAINED = re.compile(r"train\w*|fine-?tun\w*|pre-?train\w*|corpus", re.IGNORECASE)
_EVALUATED = re.compile(
    r"evaluat\w*|benchmark\w*|test(?:ed)? on|test set|leaderboard", re.IGNORECASE
)

_CODE = re.compile(
    r"\b(?:source )?code(?:base)?s?\b|\brepo(?:sitor(?:y|ies))?s?\b|\bgit ?hub\b|implement\w*"
    r"|\bscripts?\b|\bofficial\b|\bproject page\b|\btrained (?:with|using)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\bhowpublished\b|^\s*(?:bib)?url\s*=|\\url\{", re.IGNORECASE)

_MADE = r"(?:converted|pruned|distilled|exported|llamafied|trimmed|sharded|compressed|fine-?tuned)"
_COPIES = r"(?:versions?|conversions?|cop(?:y|ies)|variants?|models?|files|weights|checkpoints?)"
_QUANTIZED = r"quanti[sz](?:ed|ations?)"
# In each pattern the end is where the link begins; a bracket stands for another link.
_BEFORE = (
    ("merge", r"\bmerg(?:e|ed|ing)\b(?: \w+){0,3} (?:of|from|between|with)\b.{0,160}"),
    ("adapter", r"\b(?:adapter|lora)s? (?:for|of)\b[^\[\]]{0,30}"),
    ("quantized", rf"\b{_QUANTIZED}\b[^\[\]]{{0,30}}\b(?:of|from|for)\b[^\[\]]{{0,30}}"),
    ("base_model", rf"\b{_MADE} (?:\w+ ){{0,2}}{_COPIES} of\b[^\[\]]{{0,30}}"),
    ("base_model", r"\bfine-?tun(?:e|ed|ing)\b[^\[\]]{0,20}\b(?:of|from|on top of)\b[^\[\]]{0,40}"),
    ("base_model", r"\bfine-?tuning\W{1,3}(?:the\W+)?"),
    ("base_model", r"\b(?:based|built) (?:on|upon)\b[^\[\]]{0,40}"),
    ("base_model", r"\b(?:derived|distilled|initiali[sz]ed|converted|pruned) from\b[^\[\]]{0,40}"),
    ("base_model", r"\bbase model\W{0,6}(?:is|was)?\W{0,6}"),
)
_BEFORE_LINK = tuple(
    (relationship, re.compile(rf"(?:{pattern})$", re.IGNORECASE))
    for relationship, pattern in _BEFORE
)
_AFTER_LINK = re.compile(
    r"^\W{0,3}(?:\w+ ){0,3}as (?:a |the |our |its )?(?:\w+ )?(?:base\b|starting point|backbone)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|unlike|instead|than|new one)\b[^.]{0,25}$", re.IGNORECASE)
_OTHER_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)|https?://\S+")
_OPENING = re.compile(r"!?\[[^\[\]]*\]?\(?<?$")
_SENTENCE = re.compile(r"[.!?;]\s|\||<br>")


def base_model(line: str, start: int, end: int) -> str:
    """How the model linked at ``line[start:end]`` became this one, in the words of lineage."""
    before, after = _beside(line, start, end)
    for relationship, pattern in _BEFORE_LINK:
        found = pattern.search(before)
        if found and not _NOT.search(before[: found.start()]):
            return relationship
    return "base_model" if _AFTER_LINK.match(after) else ""


def dataset(line: str, name: str) -> str:
    """What the dataset ``name`` was used for, as the line says it."""
    if RESULTS.match(name):
        return ""
    if _EVALUATED.search(line):
        return "evaluation_dataset"
    return "training_dataset" if _TRAINED.search(line) else ""


def code(line: str, name: str, owner: str) -> str:
    """Whether the repository ``name`` is the code of what ``owner`` describes.

    It is where the same owner has it, or where the line speaks of code.
    """
    if name.lower() in GENERAL_TOOLS or _CITATION.search(line):
        return ""
    is_own = name.lower().split("/")[0] == owner.lower()
    return "code" if is_own or _CODE.search(_OTHER_LINK.sub(r"[\1]", line)) else ""


def _beside(line: str, start: int, end: int) -> tuple[str, str]:
    """The sentence before a link and the one after it, other links as their text in brackets."""
    before = _OTHER_LINK.sub(r"[\1]", _OPENING.sub("", line[max(0, start - 1_000) : start]))
    before = _SENTENCE.split(re.sub(r"[*_`]", "", before))[-1]
    after = line[end : end + 200].lstrip(">)]")
    return before, _SENTENCE.split(re.sub(r"[*_`]", "", after))[0]

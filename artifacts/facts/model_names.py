"""Names of models as people write them without a link: which words can only be an id of the Hub.

``owner/name`` in prose is as often "train/test". So a name counts where it stands in
backticks, or where it has the parts that names of models have and alternatives do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifacts.facts.wordlists import table

# Models that the Hub had before it had owners; it still answers to these names.
OWNERLESS: frozenset[str] = frozenset(table("ownerless_models"))
_WORD = re.compile(r"(?<![\w./@:+-])\w[\w.-]*(?:/\w[\w.-]*)?(?![\w/+-])", re.ASCII)
_LINK = re.compile(r"!?\[[^\[\]]*\]\([^()\s]*\)|https?://\S+")
_FOLDERS = frozenset(
    "checkpoint checkpoints config configs data dataset datasets docs examples model models output"
    " outputs results runs scripts src weights".split()
)
_FILE = re.compile(
    r"\.(?:py|sh|md|txt|csv|jsonl?|ya?ml|toml|ipynb|html|safetensors|bin|pth?|ckpt|onnx|gguf|zip)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?=.*[-_.])(?=.*[A-Za-z])(?:.*\d|.*-.*-)", re.ASCII)
_VERSIONED = re.compile(r"(?=.*\d).*-", re.ASCII)


def named(line: str) -> Iterator[tuple[str, int, int]]:
    """The names of models in a line of prose, each with its place; those of links are not."""
    blank = _LINK.sub(lambda link: " " * len(link[0]), line)
    for match in _WORD.finditer(blank):
        name = match[0].rstrip(".-_")
        start, end = match.start(), match.start() + len(name)
        is_quoted = line[start - 1 : start] == "`" == line[end : end + 1]
        if _is_name(name, is_quoted=is_quoted):
            yield name, start, end


def _is_name(name: str, *, is_quoted: bool) -> bool:
    owner, slash, own = name.partition("/")
    if not slash:
        return name in OWNERLESS and (is_quoted or "-" in name)
    if "." in owner or owner.lower() in _FOLDERS or _FILE.fullmatch(own[own.rfind(".") :]):
        return False
    is_plain = not _VERSIONED.match(owner) and _PARTS.match(own) is not None
    return any(letter.isalpha() for letter in owner) and (is_quoted or is_plain)

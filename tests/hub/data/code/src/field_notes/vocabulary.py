"""Words and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

PAD, UNKNOWN, START, END = "<pad>", "<unk>", "<s>", "</s>"
SPECIAL = (PAD, UNKNOWN, START, END)


def build_vocabulary(texts: Iterable[str], size: int) -> dict[str, int]:
    """Number the most frequent words, after the special ones, up to ``size`` entries."""
    counts = Counter(word for text in texts for word in text.lower().split())
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[: size - len(SPECIAL)]
    words = [*SPECIAL, *frequent]
    unused = (f"<unused{number}>" for number in range(size - len(words)))
    return {word: number for number, word in enumerate([*words, *unused])}


def encode(text: str, vocabulary: dict[str, int]) -> list[int]:
    """The numbers of the words of ``text``, between a start and an end."""
    unknown = vocabulary[UNKNOWN]
    middle = [vocabulary.get(word, unknown) for word in text.lower().split()]
    return [vocabulary[START], *middle, vocabulary[END]]


def tokenizer_json(vocabulary: dict[str, int]) -> dict[str, Any]:
    """The vocabulary as a ``tokenizer.json`` of the tokenizers library."""
    start = {"SpecialToken": {"id": START, "type_id": 0}}
    added = [
        {
            "id": vocabulary[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token in SPECIAL
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [
                start,
                {"Sequence": {"id": "A", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 0}},
            ],
            "special_tokens": {START: {"id": START, "ids": [vocabulary[START]], "tokens": [START]}},
        },
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN},
    }

"""Small real artifacts, made on the spot and the same to the byte each time.

The language model is a true one: its dataset is generated, its weights are counted from it by the
code that its code repository holds, and the figures on its card are measured on its test split.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.hub.content.code import make_code_repository
from tests.hub.content.dataset import make_dataset
from tests.hub.content.made import Made
from tests.hub.content.many import make_many_models
from tests.hub.content.models import (
    make_adapter,
    make_broken_card_model,
    make_gguf_model,
    make_large_model,
    make_pickle_model,
    make_tiny_model,
    make_undecodable_model,
    make_undocumented_model,
)

__all__ = [
    "Demo",
    "Made",
    "make_adapter",
    "make_broken_card_model",
    "make_code_repository",
    "make_dataset",
    "make_demo",
    "make_gguf_model",
    "make_large_model",
    "make_many_models",
    "make_pickle_model",
    "make_tiny_model",
    "make_undecodable_model",
    "make_undocumented_model",
]


@dataclass(frozen=True)
class Demo:
    """One good model with all that belongs to it, what was made from it, and four bad ones."""

    model: Made
    dataset: Made
    code: Made
    adapter: Made
    gguf: Made
    pickle: Made
    undocumented: Made
    broken_card: Made
    undecodable: Made


def make_demo(root: Path) -> Demo:
    """Every artifact of this package under ``root``; a folder that is there already is kept."""
    root = root.resolve()
    return Demo(
        model=make_tiny_model(root),
        dataset=make_dataset(root),
        code=make_code_repository(root),
        adapter=make_adapter(root),
        gguf=make_gguf_model(root),
        pickle=make_pickle_model(root),
        undocumented=make_undocumented_model(root),
        broken_card=make_broken_card_model(root),
        undecodable=make_undecodable_model(root),
    )

"""Many small models, for lists of them."""

from __future__ import annotations

from pathlib import Path

from tests.hub.content.made import GITATTRIBUTES, MIT, Made, make
from tests.hub.content.people import STRANGER
from tests.hub.data.code.src.field_notes import weights
from tests.hub.history import Step

CARD = """---
license: mit
library_name: safetensors
---

# Model {number}

One layer of numbers, made to be one of many. It is meant for trying out lists of models, and for
nothing else: it has learned nothing, and its answers mean nothing.

## Installation

```console
pip install safetensors numpy
```

## How to use

```python
from safetensors.numpy import load_file

layer = load_file("model.safetensors")["w"]
print(layer.shape)
```

The input is a vector of {columns} numbers, the output one of 8.

## Limitations

It was not trained, so there is nothing to evaluate.
"""


def make_many_models(root: Path, count: int, owner: str = "many") -> list[Made]:
    """``many/model-0`` and so on: each a card, a licence and weights of its own."""
    return [_model(root, f"{owner}/model-{number}", number) for number in range(count)]


def _model(root: Path, repo_id: str, number: int) -> Made:
    tensor = weights.Tensor.filled(0.5, 8, number + 1)
    files = {
        ".gitattributes": GITATTRIBUTES,
        "README.md": CARD.format(number=number, columns=number + 1).encode(),
        "LICENSE": MIT.read_bytes(),
        "model.safetensors": weights.safetensors({"w": tensor}),
    }
    return make(root, "models", repo_id, [Step("Upload", files, STRANGER)])

"""Writes a bigram table as the weights of a one-layer Llama model.

The embedding of a word is a unit vector of its own, the output projections of attention and MLP
are zero, so what reaches the last layer is the word itself. The head then looks the word's row up.
RMSNorm multiplies a unit vector by the square root of its length, which the head divides away.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

INTERMEDIATE = 64


@dataclass(frozen=True)
class Tensor:
    """Half-precision numbers and their shape."""

    shape: tuple[int, ...]
    data: bytes

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]]) -> Tensor:
        """A matrix."""
        flat = [value for row in rows for value in row]
        return cls((len(rows), len(rows[0])), struct.pack(f"<{len(flat)}e", *flat))

    @classmethod
    def filled(cls, value: float, *shape: int) -> Tensor:
        """The same number everywhere."""
        return cls(shape, struct.pack("<e", value) * math.prod(shape))


def llama_tensors(table: Sequence[Sequence[float]]) -> dict[str, Tensor]:
    """The tensors of ``LlamaForCausalLM`` that answer as ``table`` does."""
    size = len(table)
    unit = [[float(row == column) for column in range(size)] for row in range(size)]
    scale = math.sqrt(size)
    head = [[table[left][right] / scale for left in range(size)] for right in range(size)]
    layer = "model.layers.0"
    square = Tensor.filled(0.0, size, size)
    return {
        "model.embed_tokens.weight": Tensor.of(unit),
        f"{layer}.input_layernorm.weight": Tensor.filled(1.0, size),
        f"{layer}.self_attn.q_proj.weight": square,
        f"{layer}.self_attn.k_proj.weight": square,
        f"{layer}.self_attn.v_proj.weight": square,
        f"{layer}.self_attn.o_proj.weight": square,
        f"{layer}.post_attention_layernorm.weight": Tensor.filled(1.0, size),
        f"{layer}.mlp.gate_proj.weight": Tensor.filled(0.0, INTERMEDIATE, size),
        f"{layer}.mlp.up_proj.weight": Tensor.filled(0.0, INTERMEDIATE, size),
        f"{layer}.mlp.down_proj.weight": Tensor.filled(0.0, size, INTERMEDIATE),
        "model.norm.weight": Tensor.filled(1.0, size),
        "lm_head.weight": Tensor.of(head),
    }


def safetensors(tensors: Mapping[str, Tensor]) -> bytes:
    """A safetensors file: the length of the header, the header, the numbers."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + len(tensor.data)
        header[name] = {"dtype": "F16", "shape": tensor.shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    body = b"".join(tensor.data for tensor in tensors.values())
    return struct.pack("<Q", len(text)) + text + body


def shards(tensors: Mapping[str, Tensor], count: int = 2) -> dict[str, bytes]:
    """The files of a sharded model, the index included."""
    total = sum(len(tensor.data) for tensor in tensors.values())
    groups: list[dict[str, Tensor]] = [{} for _ in range(count)]
    seen = 0
    for name, tensor in tensors.items():
        groups[min(seen * count // total, count - 1)][name] = tensor
        seen += len(tensor.data)
    files: dict[str, bytes] = {}
    where: dict[str, str] = {}
    for number, group in enumerate(groups, start=1):
        file = f"model-{number:05}-of-{count:05}.safetensors"
        files[file] = safetensors(group)
        where |= dict.fromkeys(group, file)
    index = {"metadata": {"total_size": total}, "weight_map": where}
    files["model.safetensors.index.json"] = (json.dumps(index, indent=2) + "\n").encode()
    return files

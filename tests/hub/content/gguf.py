"""Writes GGUF version 3 by hand: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tests.hub.data.code.src.field_notes.vocabulary import END, PAD, START, UNKNOWN
from tests.hub.data.code.src.field_notes.weights import Tensor

ALIGNMENT = 32
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9
F32, F16 = 0, 1
NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "model.layers.0": "blk.0",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def gguf_file(tensors: Mapping[str, Tensor], words: Mapping[str, int], base: str) -> bytes:
    """The tiny Llama model with its vocabulary and where it comes from."""
    metadata = _metadata(words, base)
    listed, body = bytearray(), bytearray()
    for name, tensor in tensors.items():
        data, dtype = _converted(tensor)
        listed += _string(_gguf_name(name))
        listed += struct.pack("<I", len(tensor.shape))
        listed += b"".join(struct.pack("<Q", size) for size in reversed(tensor.shape))
        listed += struct.pack("<IQ", dtype, len(body))
        body += data + bytes(-len(data) % ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    head += b"".join(_string(key) + value for key, value in metadata.items()) + listed
    return head + bytes(-len(head) % ALIGNMENT) + body


def _metadata(words: Mapping[str, int], base: str) -> dict[str, bytes]:
    size = len(words)
    owner, name = base.split("/")
    return {
        "general.architecture": _text("llama"),
        "general.type": _text("model"),
        "general.name": _text("Field Notes Tiny"),
        "general.license": _text("apache-2.0"),
        "general.base_model.count": _number(1),
        "general.base_model.0.name": _text(name),
        "general.base_model.0.organization": _text(owner),
        "general.base_model.0.repo_url": _text(f"https://huggingface.co/{base}"),
        "general.file_type": _number(1),
        "general.alignment": _number(ALIGNMENT),
        "llama.context_length": _number(64),
        "llama.embedding_length": _number(size),
        "llama.block_count": _number(1),
        "llama.feed_forward_length": _number(64),
        "llama.attention.head_count": _number(4),
        "llama.attention.head_count_kv": _number(4),
        "llama.attention.layer_norm_rms_epsilon": struct.pack("<If", FLOAT32, 1e-6),
        "llama.rope.dimension_count": _number(size // 4),
        "llama.vocab_size": _number(size),
        "tokenizer.ggml.model": _text("llama"),
        "tokenizer.ggml.tokens": _texts(list(words)),
        "tokenizer.ggml.bos_token_id": _number(words[START]),
        "tokenizer.ggml.eos_token_id": _number(words[END]),
        "tokenizer.ggml.unknown_token_id": _number(words[UNKNOWN]),
        "tokenizer.ggml.padding_token_id": _number(words[PAD]),
    }


def _gguf_name(name: str) -> str:
    for old, new in NAMES.items():
        name = name.replace(old, new)
    return name


def _converted(tensor: Tensor) -> tuple[bytes, int]:
    """Norms are kept in single precision, as converters do."""
    if len(tensor.shape) > 1:
        return tensor.data, F16
    values = struct.unpack(f"<{tensor.shape[0]}e", tensor.data)
    return struct.pack(f"<{len(values)}f", *values), F32


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _text(value: str) -> bytes:
    return struct.pack("<I", STRING) + _string(value)


def _number(value: int) -> bytes:
    return struct.pack("<II", UINT32, value)


def _texts(values: list[str]) -> bytes:
    head = struct.pack("<IIQ", ARRAY, STRING, len(values))
    return head + b"".join(_string(value) for value in values)

"""The configuration files that transformers reads."""

from __future__ import annotations

from typing import Any

from .vocabulary import END, PAD, START, UNKNOWN
from .weights import INTERMEDIATE

CONTEXT = 64


def model_config(vocabulary: dict[str, int]) -> dict[str, Any]:
    """``config.json``: a Llama whose width is the size of its vocabulary."""
    size = len(vocabulary)
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": size,
        "hidden_size": size,
        "intermediate_size": INTERMEDIATE,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": CONTEXT,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-06,
        "rope_theta": 10000.0,
        "tie_word_embeddings": False,
        "bos_token_id": vocabulary[START],
        "eos_token_id": vocabulary[END],
        "pad_token_id": vocabulary[PAD],
        "torch_dtype": "float16",
    }


def generation_config(vocabulary: dict[str, int]) -> dict[str, Any]:
    """``generation_config.json``: sample, and stop at the end of a note."""
    return {
        "bos_token_id": vocabulary[START],
        "eos_token_id": vocabulary[END],
        "pad_token_id": vocabulary[PAD],
        "do_sample": True,
        "temperature": 0.8,
        "max_new_tokens": 32,
    }


def tokenizer_config() -> dict[str, Any]:
    """``tokenizer_config.json``."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": START,
        "eos_token": END,
        "pad_token": PAD,
        "unk_token": UNKNOWN,
        "model_max_length": CONTEXT,
        "clean_up_tokenization_spaces": False,
    }

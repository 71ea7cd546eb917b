"""The models: a good one, two made from it, and those that nobody should trust."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.hub.content import pickles
from tests.hub.content.dataset import notes
from tests.hub.content.gguf import gguf_file
from tests.hub.content.made import APACHE, GITATTRIBUTES, MIT, Made, make, text
from tests.hub.content.people import (
    ADAEZE_ON_THE_HUB,
    CLAIRE_ON_THE_HUB,
    JONAS_ON_THE_HUB,
    MALLORY,
    STRANGER,
)
from tests.hub.data.code.src.field_notes import bigram, vocabulary, weights
from tests.hub.data.code.src.field_notes.train import VOCABULARY_SIZE, Result, train
from tests.hub.history import Person, Step

TINY = "fernwood/field-notes-tiny"


def make_tiny_model(root: Path, repo_id: str = TINY) -> Made:
    """``fernwood/field-notes-tiny``: a sharded safetensors model with everything a card should say.

    Tags ``v0.1`` (counted from fewer notes, with a short card) and ``v1.0``; branch ``dev``.
    """
    training, test = notes()
    early, final = train(training[:200], test), train(training, test)
    licence = APACHE.read_bytes()
    short_card = b"---\nlicense: apache-2.0\n---\n\n# Field Notes Tiny\n\nA first try.\n"
    requirements = text("tiny_model/requirements.txt")
    steps = [
        Step("initial commit", {".gitattributes": GITATTRIBUTES}, ADAEZE_ON_THE_HUB),
        Step("Upload a first model", early.files, ADAEZE_ON_THE_HUB),
        Step("Add a short card", {"README.md": short_card}, CLAIRE_ON_THE_HUB, tag="v0.1"),
        Step("Count all notes", final.files, ADAEZE_ON_THE_HUB),
        Step("Say what is needed", {"requirements.txt": requirements}, JONAS_ON_THE_HUB),
        Step("Add the licence text", {"LICENSE": licence}, CLAIRE_ON_THE_HUB),
        Step("Write the card", {"README.md": _card(final)}, JONAS_ON_THE_HUB, tag="v1.0"),
        Step("Plan the next one", {"PLAN.md": b"Trigrams.\n"}, ADAEZE_ON_THE_HUB, branch="dev"),
    ]
    return make(root, "models", repo_id, steps, {"downloads": 1843, "likes": 12})


def _card(result: Result) -> bytes:
    training, test = notes()
    return text(
        "tiny_model/README.md",
        perplexity=f"{result.perplexity:.2f}",
        accuracy=f"{result.accuracy:.3f}",
        parameters=f"{_parameters():,}",
        words=VOCABULARY_SIZE,
        training_rows=len(training),
        test_rows=len(test),
    )


def _parameters() -> int:
    return sum(len(tensor.data) for tensor in _tensors().values()) // 2


def _tensors() -> dict[str, weights.Tensor]:
    table, _words = _table()
    return weights.llama_tensors(table)


def _table() -> tuple[list[list[float]], dict[str, int]]:
    training, _test = notes()
    words = vocabulary.build_vocabulary((note.text for note in training), VOCABULARY_SIZE)
    seen = [vocabulary.encode(note.text, words) for note in training]
    return bigram.log_probabilities(bigram.count_pairs(seen, len(words))), words


def make_adapter(root: Path, repo_id: str = "fernwood/field-notes-winter-lora") -> Made:
    """A LoRA adapter whose ``adapter_config.json`` and card both name the tiny model as base."""
    layer = "base_model.model.model.layers.0.self_attn"
    tensors = {}
    for projection in ("q_proj", "v_proj"):
        shape_a, shape_b = (4, VOCABULARY_SIZE), (VOCABULARY_SIZE, 4)
        tensors[f"{layer}.{projection}.lora_A.weight"] = weights.Tensor.filled(0.01, *shape_a)
        tensors[f"{layer}.{projection}.lora_B.weight"] = weights.Tensor.filled(0.0, *shape_b)
    config = {
        "base_model_name_or_path": TINY,
        "bias": "none",
        "inference_mode": True,
        "lora_alpha": 8,
        "lora_dropout": 0.0,
        "peft_type": "LORA",
        "r": 4,
        "target_modules": ["q_proj", "v_proj"],
        "task_type": "CAUSAL_LM",
    }
    files = {
        "README.md": text("adapter/README.md"),
        "LICENSE": APACHE.read_bytes(),
        "adapter_config.json": _json(config),
        "adapter_model.safetensors": weights.safetensors(tensors),
    }
    return _upload(root, repo_id, files, JONAS_ON_THE_HUB, {"downloads": 27, "likes": 1})


def make_gguf_model(root: Path, repo_id: str = "fernwood/field-notes-tiny-gguf") -> Made:
    """The tiny model as one GGUF file, which names its licence and base model inside."""
    table, words = _table()
    files = {
        "README.md": text("gguf/README.md"),
        "LICENSE": APACHE.read_bytes(),
        "field-notes-tiny-f16.gguf": gguf_file(weights.llama_tensors(table), words, TINY),
    }
    return _upload(root, repo_id, files, CLAIRE_ON_THE_HUB, {"downloads": 88, "likes": 2})


def make_pickle_model(
    root: Path, repo_id: str = "mallory/free-sentiment", canary: str = "/tmp/registry-canary"
) -> Made:
    """A model with a card and a licence whose weights would run ``touch canary`` when unpickled."""
    command = f"touch {canary}"
    files = {
        "README.md": text("hostile_README.md"),
        "LICENSE": MIT.read_bytes(),
        "config.json": _json({"architectures": ["BertModel"], "model_type": "bert"}),
        "pytorch_model.bin": pickles.torch_archive(pickles.system_call(command)),
        "training_args.bin": pickles.torch_archive(pickles.harmless()),
        "vectorizer.pkl": pickles.system_call(command),
    }
    return _upload(root, repo_id, files, MALLORY, {"downloads": 90210, "likes": 400})


def make_undocumented_model(root: Path, repo_id: str = "someone/weights") -> Made:
    """Weights and nothing else: no card, no licence."""
    tensors = {"linear.weight": weights.Tensor.filled(0.5, 8, 8)}
    return _upload(root, repo_id, {"model.safetensors": weights.safetensors(tensors)}, STRANGER)


def make_broken_card_model(root: Path, repo_id: str = "someone/broken-card") -> Made:
    """A model whose card has front matter that is no YAML."""
    front_matter = b"---\nlicense: [mit\n  language: - en\n\tbad: 'quote\n---\n\n"
    card = front_matter + b"# Broken card\n\nMIT licence.\n"
    return _upload(root, repo_id, {"README.md": card} | _small_weights(), STRANGER)


def make_undecodable_model(root: Path, repo_id: str = "someone/latin-card") -> Made:
    """A model whose card is not UTF-8."""
    card = "---\nlicense: mit\n---\n\n# Modèle d'été\n".encode("latin-1")
    return _upload(root, repo_id, {"README.md": card} | _small_weights(), STRANGER)


def make_large_model(root: Path, size_bytes: int, repo_id: str = "someone/large") -> Made:
    """A model with one weights file of ``size_bytes`` zeros, sparse on disk where it can be."""
    folder = root / ".large"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{size_bytes}.bin"
    with file.open("wb") as stream:
        stream.truncate(size_bytes)
    step = Step("Upload", {"README.md": b"# Large\n", "weights.bin": file}, STRANGER)
    made = make(root, "models", repo_id, [step])
    file.unlink()
    return made


def _small_weights() -> dict[str, bytes]:
    return {"model.safetensors": weights.safetensors({"w": weights.Tensor.filled(0.5, 8, 8)})}


def _upload(
    root: Path,
    repo_id: str,
    files: Mapping[str, bytes],
    author: Person,
    about: dict[str, int] | None = None,
) -> Made:
    steps = [
        Step("initial commit", {".gitattributes": GITATTRIBUTES}, author),
        Step("Upload folder using huggingface_hub", files, author),
    ]
    return make(root, "models", repo_id, steps, about)


def _json(data: object) -> bytes:
    return (json.dumps(data, indent=2) + "\n").encode()

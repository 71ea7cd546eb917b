"""A link is verified where the files agree, and contradicted where they do not."""

from __future__ import annotations

import json

import pytest

from artifacts.facts import Facts, FileFact, Weights
from lineage.verification import traits_of, verify
from tests.lineage.worlds import facts_of, names, publish

LLAMA = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 32000}
GPT = {"model_type": "gpt2", "n_embd": 768}
MIXTRAL = {"model_type": "mixtral", "hidden_size": 4096}
LLAVA = {
    "model_type": "llava",
    "text_config": LLAMA,
    "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024},
}


def model(name: str, config: object = None, adapter: str = "", digest: str = "") -> Facts:
    documents = {}
    if config is not None:
        documents["config.json"] = config if isinstance(config, str) else json.dumps(config)
    if adapter:
        documents["adapter_config.json"] = json.dumps({"base_model_name_or_path": adapter})
    files = (FileFact("tokenizer.json", 1, sha256=digest),) if digest else ()
    return facts_of(name, documents=documents, files=files)


def gguf(name: str, architecture: str, width: int) -> Facts:
    metadata = {
        "general.architecture": architecture,
        f"{architecture}.embedding_length": str(width),
    }
    return facts_of(name, weights=(Weights("m.gguf", "gguf", 1, metadata=metadata),))


BASE = model("base", LLAMA, digest="d1")


@pytest.mark.parametrize(
    ("child", "relationship", "status"),
    [
        pytest.param(model("c", LLAMA, digest="d1"), "base_model", "verified", id="all agrees"),
        pytest.param(
            model("c", {**LLAMA, "vocab_size": 32016}), "base_model", "verified", id="added tokens"
        ),
        pytest.param(
            model("c", {**LLAMA, "num_hidden_layers": 24}),
            "base_model",
            "verified",
            id="layers dropped",
        ),
        pytest.param(
            model("c", {**LLAMA, "hidden_size": 2048}),
            "base_model",
            "contradicted",
            id="another width",
        ),
        pytest.param(
            model("c", {"model_type": "bert"}),
            "base_model",
            "contradicted",
            id="another architecture",
        ),
        pytest.param(
            model("c", {"model_type": "llama"}), "base_model", "declared", id="one fact is too few"
        ),
        pytest.param(model("c"), "base_model", "declared", id="no configuration"),
        pytest.param(model("c", LLAVA), "base_model", "verified", id="one of several networks"),
        pytest.param(model("c", MIXTRAL), "merge", "declared", id="a mixture of dense models"),
        pytest.param(
            model("c", {"model_type": "mixtral", "hidden_size": 1}),
            "merge",
            "contradicted",
            id="a merge of another width",
        ),
        pytest.param(gguf("c", "llama", 4096), "quantized", "verified", id="gguf agrees"),
        pytest.param(
            gguf("c", "granite", 4096), "quantized", "declared", id="llama.cpp has its own names"
        ),
        pytest.param(
            gguf("c", "llama", 1), "quantized", "contradicted", id="gguf of another width"
        ),
        pytest.param(model("c", adapter="lab/base"), "adapter", "verified", id="adapter names it"),
        pytest.param(
            model("c", adapter="https://huggingface.co/Lab/Base/"),
            "adapter",
            "verified",
            id="adapter names its address",
        ),
        pytest.param(
            model("c", adapter="lab/base-v2"), "adapter", "contradicted", id="adapter names another"
        ),
        pytest.param(
            model("c", adapter="/mnt/models/base"),
            "adapter",
            "declared",
            id="adapter names a folder",
        ),
        pytest.param(
            model("c", LLAMA), "training_dataset", "declared", id="datasets have nothing to compare"
        ),
        pytest.param(
            model("c", "[" * 100_000), "base_model", "declared", id="a hostile configuration"
        ),
        pytest.param(
            model("c", {"model_type": 5, "hidden_size": "x" * 99}),
            "base_model",
            "declared",
            id="odd types",
        ),
        pytest.param(
            model("c", {"hidden_size": True}), "base_model", "declared", id="a truth is no number"
        ),
    ],
)
def test_status_follows_the_files(child, relationship, status):
    assert verify(child, BASE, relationship)[0] == status


def test_the_reason_has_the_numbers():
    narrow = model("c", {**LLAMA, "hidden_size": 2048})
    assert verify(narrow, BASE)[1] == "hidden size 2048 here, 4096 there"
    assert verify(model("c", LLAMA, digest="d1"), BASE)[1] == (
        "The files agree: architecture llama, hidden size 4096, 32 layers, vocabulary 32000, "
        "the same tokenizer.json"
    )


def test_a_signature_survives_the_database():
    signature = traits_of(model("c", LLAVA, adapter="lab/base", digest="d1"))
    assert type(signature).from_json(json.loads(json.dumps(signature.to_json()))) == signature


@pytest.mark.django_db
@pytest.mark.parametrize("parent_first", [True, False])
def test_verification_happens_whoever_arrives_first(parent_first):
    def tuned():
        return publish("tuned", names("base"), documents={"config.json": json.dumps(LLAMA)})

    def base():
        return publish("base", documents={"config.json": json.dumps(LLAMA)})

    child = (base(), tuned())[1] if parent_first else (tuned(), base())[0]
    assert child.parent_links.get().status == "verified"
    publish("base", documents={"config.json": json.dumps(GPT)})
    link = child.parent_links.get()
    assert link.status == "contradicted"
    assert link.reason == "architecture llama here, gpt2 there; hidden size 4096 here, 768 there"

"""One complete set of weights, never a fraction and never twice."""

from __future__ import annotations

import json

import pytest

from artifacts.facts import Facts, FileFact, Reference, Weights
from ratings.metrics.size_score import SizeScore
from ratings.observing.footprint import footprint

GB = 10**9


def model(*files: tuple[str, int | None], **more) -> Facts:
    listing = tuple(FileFact(path, size) for path, size in files)
    return Facts("model", "https://huggingface.co/a/b", "c" * 40, files=listing, **more)


@pytest.mark.parametrize(
    ("files", "needed"),
    [
        pytest.param({"model.safetensors": 5}, 5, id="one file"),
        pytest.param(
            {f"model-0000{n}-of-00003.safetensors": n for n in (1, 2, 3)}, 6, id="all shards"
        ),
        pytest.param({"model.safetensors": 5, "pytorch_model.bin": 6}, 5, id="two formats once"),
        pytest.param(
            {"model-00001-of-00002.safetensors": 5, "pytorch_model.bin": 9},
            9,
            id="an incomplete set is passed over",
        ),
        pytest.param(
            {"model.safetensors": 5, "model.fp16.safetensors": 3}, 5, id="precisions once"
        ),
        pytest.param(
            {"m.Q2_K.gguf": 2, "m.Q4_K_M.gguf": 4, "m.Q8_0.gguf": 8}, 4, id="one quantisation"
        ),
        pytest.param(
            {"m-Q8_0-00001-of-00002.gguf": 4, "m-Q8_0-00002-of-00002.gguf": 3}, 7, id="split gguf"
        ),
        pytest.param({"m.Q4_K_M.gguf": 4, "mmproj-f16.gguf": 1}, 5, id="a projector is needed too"),
        pytest.param(
            {"onnx/model.onnx": 4, "onnx/model_quantized.onnx": 1, "onnx/model_fp16.onnx": 2},
            4,
            id="onnx variants once",
        ),
        pytest.param({"model.safetensors": 5, "onnx/model.onnx": 4}, 5, id="an export is a copy"),
        pytest.param(
            {"model.safetensors": 5, "optimizer.pt": 10, "checkpoint-500/model.safetensors": 5},
            5,
            id="training state is not loaded",
        ),
        pytest.param(
            {
                "model_index.json": 0,
                "unet/diffusion_pytorch_model.safetensors": 3,
                "unet/diffusion_pytorch_model.fp16.safetensors": 2,
                "vae/diffusion_pytorch_model.safetensors": 1,
                "v1-5-pruned.safetensors": 7,
            },
            4,
            id="every component of a pipeline once",
        ),
        pytest.param(
            {"saved_model.pb": 1, "variables/variables.data-00000-of-00001": 4}, 5, id="TensorFlow"
        ),
        pytest.param({"consolidated.00.pth": 4, "model.safetensors": 4}, 4, id="an original copy"),
    ],
)
def test_one_complete_set_counts(files, needed):
    found = footprint(model(*((path, size * GB) for path, size in files.items())))
    assert found is not None
    assert found.weight_bytes == needed * GB


def test_a_missing_shard_is_unknown_and_named():
    answer = SizeScore().measure(model(("model-00001-of-00003.safetensors", GB)))
    assert answer.score is None
    assert "shard 00002 of 00003" in answer.reason


def test_an_index_names_what_is_missing():
    index = json.dumps({"weight_map": {"a": "one.bin", "b": "pytorch_model.bin"}})
    facts = model(("pytorch_model.bin", GB), documents={"pytorch_model.bin.index.json": index})
    assert SizeScore().measure(facts).score is None


@pytest.mark.parametrize("files", [(), (("model.safetensors", None),), (("README.md", 10),)])
def test_sizes_that_nobody_states_are_unknown(files):
    assert SizeScore().measure(model(*files)).score is None


def test_it_falls_smoothly_and_the_larger_machine_is_never_worse():
    previous = [1.0] * 4
    for size in (1, 10**8, GB, 2 * GB, 4 * GB, 8 * GB, 16 * GB, 100 * GB, 500 * GB):
        parts = list(SizeScore().measure(model(("model.safetensors", size))).parts.values())
        assert parts == sorted(parts)
        assert all(now <= before for now, before in zip(parts, previous, strict=True))
        previous = parts
    assert previous == [0.0] * 4


def test_size_is_the_mean_of_its_four_parts():
    answer = SizeScore().measure(model(("model.safetensors", 9 * GB)))
    assert list(answer.parts) == ["raspberry_pi", "jetson_nano", "desktop_pc", "aws_server"]
    assert answer.score == pytest.approx(sum(answer.parts.values()) / 4, abs=1e-4)


def test_an_adapter_counts_as_itself_and_names_its_base():
    base = Reference("model", "meta/llama", relationship="adapter")
    facts = model(("adapter_model.safetensors", GB), references=(base,))
    reason = SizeScore().measure(facts).reason
    assert reason.startswith("1.0 GB")
    assert "meta/llama" in reason


def test_parameters_come_from_the_headers_of_the_chosen_files():
    headers = (
        Weights("model.safetensors", "safetensors", 7_000, {"BF16": 7_000}),
        Weights("other.safetensors", "safetensors", 9_000, {"F32": 9_000}),
    )
    facts = model(("model.safetensors", GB), ("x/other.safetensors", GB), weights=headers)
    notes = " ".join(item.note for item in SizeScore().measure(facts).evidence)
    assert "7,000 parameters" in notes


def test_tokenizer_and_configuration_are_counted():
    facts = model(("model.safetensors", 10**6), ("tokenizer.json", 2 * 10**6), ("README.md", 9))
    assert SizeScore().measure(facts).reason.startswith("3.0 MB")


def test_a_hostile_number_of_shards_is_bounded():
    answer = SizeScore().measure(model(("model-00001-of-99999.safetensors", 1)))
    assert answer.score is None
    assert len(answer.reason) < 500

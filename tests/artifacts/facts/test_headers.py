"""Headers of weight files: equal to what the libraries say, unmoved by hostile ones."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.facts.headers import read_weights


def reader(data: bytes):
    return lambda offset, size: data[offset : offset + size]


def weights(data: bytes, path: str = "model.safetensors", size: int | None = None):
    return read_weights(path, reader(data), len(data) if size is None else size)


def safetensors(header, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_safetensors_equal_the_library(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "x.safetensors"
    arrays = {
        "a": np.zeros((3, 5), np.float32),
        "b": np.zeros((7,), np.float16),
        "c": np.zeros((2, 2, 2), np.int8),
        "scalar": np.zeros((), np.float64),
        "empty": np.zeros((0, 4), np.float32),
    }
    save_file(arrays, path, metadata={"format": "np"})
    found = weights(path.read_bytes())
    assert found.problem == ""
    assert found.parameters == sum(array.size for array in arrays.values())
    assert found.dtypes == {"F32": 15, "F16": 7, "I8": 8, "F64": 1}
    assert found.data_bytes == sum(array.nbytes for array in arrays.values())
    assert found.tensors == 5
    assert found.metadata == {"format": "np"}


def test_gguf_equals_the_library(tmp_path):
    import gguf

    path = tmp_path / "x.gguf"
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("Tiny")
    writer.add_array("words", [f"word {n}" for n in range(20_000)])
    writer.add_array("numbers", list(range(1_000)))
    writer.add_tensor("a", np.zeros((32, 64), np.float32))
    writer.add_tensor("b", np.zeros((64,), np.float16))
    packed = gguf.quants.quantize(np.ones((4, 64), np.float32), gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("q", packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    theirs = gguf.GGUFReader(str(path))
    found = weights(path.read_bytes(), "x.gguf")
    assert found.problem == ""
    assert found.parameters == sum(int(one.n_elements) for one in theirs.tensors)
    assert found.data_bytes == sum(int(one.n_bytes) for one in theirs.tensors)
    assert found.dtypes == {"F32": 2048, "F16": 64, "Q8_0": 256}
    assert found.metadata["general.name"] == "Tiny"
    assert found.metadata["words"] == "[20000 values]"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "too short"),
        (b"\0" * 7, "too short"),
        (safetensors({}, length=2**63), "longer than the file"),
        (safetensors({}, length=2**64 - 1), "longer than the file"),
        (safetensors(b"not json"), "not JSON"),
        (safetensors(b"\xff\xfe"), "not JSON"),
        (safetensors([1]), "not a JSON object"),
        (safetensors(b"[" * 100_000), "nested too deeply"),
        (safetensors({"a": 1}), "not described"),
        (safetensors({"a": tensor([-1], 0, 4)}, b"1234"), "impossible"),
        (safetensors({"a": tensor([1.5], 0, 4)}, b"1234"), "impossible"),
        (safetensors({"a": tensor([True], 0, 4)}, b"1234"), "impossible"),
        (safetensors({"a": tensor("x", 0, 4)}, b"1234"), "impossible"),
        (safetensors({"a": tensor([2**62] * 60, 0, 4)}, b"1234"), "does not fill"),
        (safetensors({"a": tensor([1], 4, 0)}, b"1234"), "does not fill"),
        (safetensors({"a": tensor([1], 0, 4), "b": tensor([1], 2, 6)}, b"123456"), "overlap"),
        (safetensors({"a": tensor([1], 4, 8)}, b"12345678"), "overlap"),
        (safetensors({"a": tensor([1], 0, 4)}, b"12345678"), "need 4 bytes"),
        (safetensors({"a": tensor([1], 0, 4)}), "need 4 bytes"),
    ],
)
def test_a_safetensors_header_that_cannot_be_true_is_a_problem(data, said):
    found = weights(data)
    assert said in found.problem
    assert found.parameters == 0


def test_a_header_that_is_longer_than_any_real_one_is_not_fetched():
    asked = []

    def read(offset, size):
        asked.append(size)
        return struct.pack("<Q", 50 * 1024**2) + b"x" * (size - 8)

    assert "bytes" in read_weights("x.safetensors", read, 2**40).problem
    assert sum(asked) < 1024**2


def gguf_bytes(tensors=0, keys=0, rest=b"", version=3):
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + rest


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GGML" + b"\0" * 40, "does not start"),
        (gguf_bytes(version=99), "version 99"),
        (gguf_bytes(tensors=2**63), "impossible number"),
        (gguf_bytes(keys=2**63), "impossible number"),
        (gguf_bytes(keys=1), "longer than the file"),
        (gguf_bytes(keys=1, rest=struct.pack("<Q", 2**63)), "longer than the file"),
        (gguf_bytes(keys=1, rest=struct.pack("<QcI", 1, b"k", 77)), "unknown type"),
        (gguf_bytes(keys=1, rest=struct.pack("<QcIIQ", 1, b"k", 9, 4, 2**62)), "longer"),
        (gguf_bytes(keys=1, rest=struct.pack("<QcIIQ", 1, b"k", 9, 8, 2**62)), "no possible"),
        (gguf_bytes(keys=1, rest=struct.pack("<QcIIQ", 1, b"k", 9, 9, 1)), "array of arrays"),
        (gguf_bytes(tensors=1, rest=struct.pack("<QcI", 1, b"t", 2**31)), "dimensions"),
        (
            gguf_bytes(tensors=1, rest=struct.pack("<QcIQQIQ", 1, b"t", 2, 2**62, 9, 0, 0)),
            "elements",
        ),
        (gguf_bytes(tensors=1, rest=struct.pack("<QcIQIQ", 1, b"t", 1, 1000, 0, 0)), "need"),
    ],
)
def test_a_gguf_header_that_cannot_be_true_is_a_problem(data, said):
    found = weights(data, "x.gguf")
    assert said in found.problem
    assert found.parameters == 0


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(data):
    weights(data)
    weights(safetensors(data))
    weights(gguf_bytes(1, 1, data), "x.gguf")
    weights(data, size=10**12)

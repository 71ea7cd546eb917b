import json
import struct

from field_notes import weights


def header_of(file: bytes) -> dict:
    (length,) = struct.unpack("<Q", file[:8])
    return json.loads(file[8 : 8 + length])


def test_a_header_describes_every_byte_behind_it():
    file = weights.safetensors({"a": weights.Tensor.filled(1.0, 2, 3)})
    (length,) = struct.unpack("<Q", file[:8])
    assert header_of(file)["a"]["data_offsets"] == [0, len(file) - 8 - length]


def test_every_tensor_is_in_exactly_one_shard():
    tensors = weights.llama_tensors([[0.0] * 4 for _ in range(4)])
    files = weights.shards(tensors)
    index = json.loads(files["model.safetensors.index.json"])
    assert index["weight_map"].keys() == tensors.keys()
    for name, file in index["weight_map"].items():
        assert name in header_of(files[file])

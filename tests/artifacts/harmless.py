"""Files that real programs write and that do nothing but hold data. None may raise an alarm."""

# ruff: noqa: E501 - each case is one line

from __future__ import annotations

import collections
import gzip
import io
import json
import pickle
import struct
import zipfile

import numpy as np

from tests.artifacts import hostile


def saved(save, *content) -> bytes:
    held = io.BytesIO()
    save(held, *content)
    return held.getvalue()


def torch_like(protocol: int = 2) -> bytes:
    """What torch.save writes for a state dict, without torch."""
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage"
        b"ctorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ"
        b"K\x00K\x04\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR"
    )
    state = b"ccollections\nOrderedDict\n)R(X\x01\x00\x00\x00w" + tensor + b"u"
    return b"\x80" + bytes([protocol]) + state + b"."


def recompressed(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    return hostile.zipped(entries, zipfile.ZIP_DEFLATED)


# what torch.jit.save writes, and where its classes come from
NAMED = {
    "by itself": ("__torch__", "Net"),
    "of torch's own layers": ("__torch__.torch.nn.modules.linear.___torch_mangle_3", "Linear"),
    "whose names are Python's": ("__torch__.test.io.os.code", "system"),
    "of a class in C++": ("__torch__.torch.classes.quantized", "LinearPackedParamsBase"),
}
LISTS = b"".join(
    b"ctorch.jit._pickle\n" + name + b"\n]\x85R0"
    for name in (b"build_intlist", b"build_tensorlist", b"build_doublelist", b"build_boollist",
                 b"build_tensor_from_id")
) + b"ctorch.jit._pickle\nrestore_type_tag\n]X\x09\x00\x00\x00List[int]\x86R."  # fmt: skip
TORCHSCRIPT = {
    **{
        how: hostile.torchscript({"data.pkl": hostile.call(*named, 2)})
        for how, named in NAMED.items()
    },
    "with lists": hostile.torchscript({"data.pkl": b"\x80\x02" + LISTS}),
    "with a class in its constants": hostile.torchscript(
        {"constants.pkl": hostile.call("__torch__", "Color", 2)}
    ),
    "for phones": hostile.torchscript({"bytecode.pkl": hostile.call("__torch__", "Color", 2)}),
    "compressed": recompressed(hostile.torchscript({})),
    "in a directory of another name": hostile.torchscript({}, root="archive"),
    "with debug information": hostile.torchscript(
        {"code/__torch__.py.debug_pkl": b"\x80\x02" + LISTS}
    ),
}
GENERATORS = [
    *(kind(1) for kind in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox,
                           np.random.SFC64, np.random.RandomState, np.random.SeedSequence)),
    np.random.default_rng(1),
    np.random.RandomState(np.random.Philox(1)),
    np.random.SeedSequence(1).spawn(1)[0],
]  # fmt: skip
ARRAY = np.arange(1000.0)
TREE = {"w": ARRAY, "b": [1, 2.5, None, True], "n": {"x": (1,), "y": {2}}, "big": 2**200}
CLEAN = [
    *((f"a dict of arrays, protocol {p}", "a.pkl", pickle.dumps(TREE, p)) for p in range(6)),
    ("an OrderedDict", "a.pkl", pickle.dumps(collections.OrderedDict(a=np.float32(1)))),
    ("a large array", "a.pkl", pickle.dumps(np.zeros(2_000_000))),
    ("a torch archive", "a.pt", hostile.zipped(
        [("archive/data.pkl", torch_like()), ("archive/data/0", b"\x80\x02\xff\xff" * 4),
         ("archive/version", b"3\n"), ("archive/byteorder", b"little")])),
    ("legacy torch", "a.pth", hostile.TORCH_MAGIC + b"\x80\x02M\xe9\x03." + b"\x80\x02}."
     + torch_like() + b"\x80\x02]." + b"\xff\x00\x80\x02" * 100),
    *((f"TorchScript {how}", "a.pt", data) for how, data in TORCHSCRIPT.items()),
    *((f"{type(rng).__name__}, protocol {p}", "rng.pkl", pickle.dumps(rng, p))
      for rng in GENERATORS for p in range(6)),
    ("what NumPy 1.17 wrote of a generator", "rng.pkl",
     b"\x80\x02cnumpy.random._pickle\n__bit_generator_ctor\nU\x05PCG64\x85R}b."),
    ("what NumPy 1.16 wrote of a generator", "rng.pkl", b"\x80\x02cnumpy.random\n__RandomState_ctor\n)R]b."),
    ("an .npy of generators", "a.npy", saved(np.save, np.array([*GENERATORS, None], object))),
    ("an .npz of generators", "a.npz", saved(np.savez, np.array([*GENERATORS, None], object))),
    ("quantised torch", "a.pkl", b"\x80\x02ctorch._utils\n_rebuild_qtensor\n(ctorch\nper_tensor_affine\nt."),
    ("an .npy", "a.npy", saved(np.save, ARRAY)),
    ("an .npz", "a.npz", saved(np.savez, ARRAY)),
    ("a compressed .npz", "a.npz", saved(np.savez_compressed, ARRAY)),
    ("safetensors", "a.safetensors", struct.pack("<Q", 2) + b"{}"),
    ("GGUF", "a.gguf", b"GGUF\x03\0\0\0" + b"\0" * 50),
    ("a README", "README.md", b"# c\nos\nsystem\n\nimport os; os.system('x')\n"),
    ("a text that starts like an import", "requirements.txt", b"coverage\ntest\npytest\n"),
    ("code that starts like a call", "test_a.py", b"import math\n\nimport pytest\n"),
    ("code that is one class", "errors.py", b"class Trouble(Exception):\n    pass\n"),
    ("a config", "config.json", json.dumps({"architectures": ["Bert"], "vocab_file": "v.txt"}).encode()),
    ("a placeholder of a token", "a.md", b"HF_TOKEN=hf_" + b"x" * 34 + b" AKIAIOSFODNN7EXAMPLE"),
    ("the header of a key in a text about keys", "a.md", b"it starts with `-----BEGIN PRIVATE KEY-----`."),
    ("a Keras model", "a.keras", hostile.zipped([("config.json", b'{"module": "keras.layers"}')])),
    ("compressed lines", "a.jsonl.gz", gzip.compress(b'{"a": 1}\n' * 100_000)),
    ("a tar of texts", "a.tar", hostile.tarred([("a/b.txt", b"hello")])),
    ("an empty text", "empty.txt", b""),
]  # fmt: skip

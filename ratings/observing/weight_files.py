"""The copies of weights that a repository holds: in shards or one piece, per format."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from artifacts.facts import Facts, FileFact

# Best first: what loaders prefer, and what is safe to open before what is not.
_FORMATS = (
    ("safetensors", ".safetensors"),
    ("PyTorch", ".bin .pt .pth .ckpt .ptl"),
    ("GGUF", ".gguf"),
    ("GGML", ".ggml .ggjt"),
    ("Keras", ".keras .h5 .hdf5"),
    ("TensorFlow", ".pb"),
    ("Flax", ".msgpack"),
    ("ONNX", ".onnx"),
    ("NeMo", ".nemo"),
    ("TensorFlow Lite", ".tflite"),
    ("Core ML", ".mlmodel"),
    ("Paddle", ".pdparams .pdmodel"),
    ("Rust", ".ot"),
    ("pickle", ".pkl .pickle .joblib .skops .cbm .ubj"),
    ("NumPy", ".npz .npy"),
    ("fastText", ".ftz .vec"),
)
_FORMAT_OF = {suffix: name for name, suffixes in _FORMATS for suffix in suffixes.split()}
RANK = {name: rank for rank, (name, _) in enumerate(_FORMATS)}

_SHARD = re.compile(r"^(?P<stem>.*?)[-_.](?P<number>\d{1,5})-of-(?P<total>\d{1,5})(?P<rest>.*)$")
_MEGATRON = re.compile(r"^(?P<stem>consolidated)\.(?P<number>\d{2})(?P<rest>\.\w+)$")
_TENSORFLOW_SHARD = re.compile(r"\.(?:index|data-\d{5}-of-\d{5})$")
_ONNX_DATA = re.compile(r"(?:_data(?:_\d+)?|\.data)$")
# State of a training run, and numbers that are measured, not loaded.
_NOT_NEEDED = re.compile(
    r"(?:^|/)(?:training_args|optimizer|scheduler|scaler|random_states?_\d+|rng_state(?:_\d+)?"
    r"|trainer_state|imatrix|optim|zero_pp_rank[^/]*|ema_optimizer|keras_metadata|fingerprint)"
    r"\.\w+$"
    r"|(?:^|/)(?:checkpoint-\d+|global_step\d+|runs|logs?|\.cache|optim_states?)/"
    r"|[.-]imatrix(?:\.\w+)?$|(?:^|/)\.",
    re.IGNORECASE,
)
# The same weights in another precision or selection.
VARIANT = re.compile(
    r"[._-](?:fp16|fp32|bf16|f16|f32|int8|uint8|int4|q8|q4|q4f16|bnb4|fp8|quantized|quant"
    r"|non_ema|ema|ema_only|pruned|o[1-4])(?=$|[._-])",
    re.IGNORECASE,
)
_QUANTISATION = re.compile(
    r"(?<![A-Za-z0-9])(?P<name>(?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|BF16|FP?16|FP?32|MXFP4(?:_MOE)?))"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MAXIMUM_SHARDS = 10_000
LARGEST = 2**63 - 1  # what a file system can hold; a larger number is no size


@dataclass(frozen=True, slots=True)
class WeightSet:
    """One complete or broken copy of the weights: its files, and the shards it lacks."""

    format: str
    folder: str
    stem: str
    files: tuple[FileFact, ...]
    missing: tuple[str, ...] = ()
    variant: str = ""

    @property
    def bytes(self) -> int | None:
        """The sum of all its files; None when one is missing, empty or has no possible size."""
        sizes = [file.size_bytes for file in self.files]
        known = [size for size in sizes if size is not None and 0 < size <= LARGEST]
        return None if self.missing or len(known) < len(sizes) else sum(known)

    @property
    def label(self) -> str:
        return f"{self.variant} {self.format}".strip()


def weight_sets(facts: Facts) -> list[WeightSet]:
    """Every copy of weights in the listing, complete or not."""
    groups: dict[tuple[str, str, str], list[FileFact]] = defaultdict(list)
    for file in facts.files:
        kind = format_of(file.path)
        if kind and not _NOT_NEEDED.search(file.path):
            folder, stem = _folder_and_stem(file.path, kind)
            groups[kind, folder, stem].append(file)
    indexes = _indexes(facts)
    return [
        _weight_set(kind, folder, stem, files, indexes)
        for (kind, folder, stem), files in sorted(groups.items())
    ]


def format_of(path: str) -> str:
    """The format of a weight file by its name; '' when it is none."""
    lower = path.lower()
    if ".onnx" in lower and _ONNX_DATA.search(lower):
        return "ONNX"
    if _TENSORFLOW_SHARD.search(lower):
        return "TensorFlow"
    return _FORMAT_OF.get("." + lower.rpartition(".")[2], "")


def quantisation(path: str) -> str:
    """The quantisation that a file name states, such as Q4_K_M; '' when it states none."""
    found = _QUANTISATION.search(path.rpartition("/")[2])
    return found.group("name").upper() if found else ""


def _folder_and_stem(path: str, kind: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    if kind == "TensorFlow":
        is_saved = folder.endswith("variables") or name == "saved_model.pb"
        home = folder.removesuffix("variables").rstrip("/")
        return (home, "saved_model") if is_saved else (folder, _TENSORFLOW_SHARD.sub("", name))
    if kind == "ONNX":
        return folder, _ONNX_DATA.sub("", name)
    for pattern in (_SHARD, _MEGATRON):
        found = pattern.match(name)
        if found:
            return folder, f"{found.group('stem')}{found.group('rest')}"
    return folder, name


def _weight_set(
    kind: str, folder: str, stem: str, files: list[FileFact], indexes: Mapping[str, frozenset[str]]
) -> WeightSet:
    missing: set[str] = set()
    if kind not in {"TensorFlow", "ONNX"}:
        files, missing = _complete(files, stem)
    prefix = f"{folder}/" if folder else ""
    if not missing:
        have = {file.path for file in files}
        named = indexes.get(f"{prefix}{stem}.index.json", frozenset())
        missing = {f"{prefix}{name}" for name in named} - have
    variant = quantisation(stem) if kind in {"GGUF", "GGML"} else _variant(stem)
    ordered = tuple(sorted(files, key=lambda file: file.path))
    return WeightSet(kind, folder, stem, ordered, tuple(sorted(missing)), variant)


def _complete(files: list[FileFact], stem: str) -> tuple[list[FileFact], set[str]]:
    """The files of one copy, and the shards it lacks."""
    shards = {file.path: _shard(file.path) for file in files}
    whole = [file for file in files if shards[file.path] is None]
    totals = {found[1] for found in shards.values() if found}
    if whole or not totals:
        # A file in one piece beside shards of the same name is the same weights again.
        return whole or files, set()
    total = min(max(totals), _MAXIMUM_SHARDS)
    chosen = [file for file in files if (shards[file.path] or (0, 0))[1] == max(totals)]
    present = {found[0] for file in chosen if (found := shards[file.path])}
    first = 0 if 0 in present else 1
    lacking = set(range(first, first + total)) - present
    return chosen, {f"shard {number:05d} of {total:05d} of {stem}" for number in lacking}


def _variant(stem: str) -> str:
    return " ".join(found.group(0).strip("._-") for found in VARIANT.finditer(stem))


def _shard(path: str) -> tuple[int, int] | None:
    found = _SHARD.match(path.rpartition("/")[2])
    return (int(found.group("number")), int(found.group("total"))) if found else None


def _indexes(facts: Facts) -> dict[str, frozenset[str]]:
    """Which files each ``*.index.json`` names, where its text was read."""
    found = {}
    for path, text in facts.documents.items():
        if not path.endswith(".index.json"):
            continue
        try:
            index = json.loads(text)
        except (ValueError, RecursionError):
            continue
        weight_map = index.get("weight_map") if isinstance(index, dict) else None
        if isinstance(weight_map, dict):
            names = {name for name in weight_map.values() if isinstance(name, str)}
            found[path] = frozenset(names)
    return found

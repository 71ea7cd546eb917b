"""Reads the headers of weight files: how many parameters, of which types, in what format.

Only the first bytes are asked for. Nothing in a header is trusted: every length is
compared with what is left of the file before it is used.

https://huggingface.co/docs/safetensors and https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from collections.abc import Callable
from typing import Any

from artifacts.facts.records import Weights

Read = Callable[[int, int], bytes]

MAX_SAFETENSORS_HEADER = 25 * 1024**2  # the format itself allows 100 MB; real ones stay below 10
MAX_GGUF_HEADER = 64 * 1024**2
MAX_TENSORS = 200_000
MAX_KEYS = 65_536
MAX_METADATA_VALUE = 2_000
FIRST_READ = 256 * 1024

_BITS = {
    "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16,
    "I16": 16, "U16": 16, "I8": 8, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4, "C64": 64,
}  # fmt: skip

# ggml type -> name, elements per block, bytes per block
_GGML = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip
_GGUF_SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_GGUF_STRING, _GGUF_ARRAY = 8, 9


class _Malformed(ValueError):
    """The header cannot be what it says it is; the message says why."""


def kind(path: str) -> str:
    """The format that the name of a file promises, '' for one whose header is not read."""
    suffix = path.rpartition(".")[2].lower()
    return suffix if suffix in {"safetensors", "gguf"} else ""


def is_readable(path: str) -> bool:
    return bool(kind(path))


def read_weights(path: str, read: Read, size_bytes: int) -> Weights:
    """What the header of ``path`` says; a header that cannot be true becomes a ``problem``."""
    found = kind(path)
    try:
        if found == "safetensors":
            return _safetensors(path, read, size_bytes)
        return _gguf(path, read, size_bytes)
    except _Malformed as exc:
        return Weights(path, found, 0, problem=str(exc))
    except RecursionError:
        return Weights(path, found, 0, problem="The header is nested too deeply.")


def _safetensors(path: str, read: Read, size_bytes: int) -> Weights:
    if size_bytes < 8:
        raise _Malformed("The file is too short to have a header.")
    start = read(0, min(FIRST_READ, size_bytes))
    if len(start) < 8:
        raise _Malformed("The file ended before its header.")
    (length,) = struct.unpack("<Q", start[:8])
    if length > size_bytes - 8:
        raise _Malformed("The header claims to be longer than the file.")
    if length > MAX_SAFETENSORS_HEADER:
        raise _Malformed(f"The header has over {MAX_SAFETENSORS_HEADER:,} bytes.")
    text = start[8 : 8 + length]
    if len(text) < length:
        text += read(8 + len(text), length - len(text))
    if len(text) != length:
        raise _Malformed("The file ended inside its header.")
    try:
        header = json.loads(text)
    except ValueError as exc:
        raise _Malformed("The header is not JSON.") from exc
    if not isinstance(header, dict):
        raise _Malformed("The header is not a JSON object.")
    metadata = header.pop("__metadata__", None)
    return _counted_safetensors(path, header, metadata, size_bytes - 8 - length)


def _counted_safetensors(
    path: str, header: dict[str, Any], metadata: Any, data_bytes: int
) -> Weights:
    if len(header) > MAX_TENSORS:
        raise _Malformed(f"The header names over {MAX_TENSORS:,} tensors.")
    dtypes: Counter[str] = Counter()
    spans = []
    for name, tensor in header.items():
        dtype, count, begin, end = _tensor(name, tensor)
        dtypes[dtype] += count
        spans.append((begin, end))
    spans.sort()
    expected = 0
    for begin, end in spans:
        if begin != expected:
            raise _Malformed("The tensors overlap or leave gaps.")
        expected = end
    if expected != data_bytes:
        raise _Malformed(f"The tensors need {expected:,} bytes and the file holds {data_bytes:,}.")
    return Weights(
        path=path,
        format="safetensors",
        parameters=dtypes.total(),
        dtypes=dict(dtypes),
        tensors=len(header),
        data_bytes=data_bytes,
        metadata=_metadata(metadata if isinstance(metadata, dict) else {}),
    )


def _tensor(name: str, tensor: Any) -> tuple[str, int, int, int]:
    try:
        dtype, shape, (begin, end) = tensor["dtype"], tensor["shape"], tensor["data_offsets"]
    except (KeyError, TypeError, ValueError) as exc:
        raise _Malformed(f"The tensor {name[:100]!r} is not described properly.") from exc
    numbers = [*shape, begin, end] if isinstance(shape, list) else [None]
    if not all(type(number) is int and 0 <= number < 2**63 for number in numbers):
        raise _Malformed(f"The tensor {name[:100]!r} has an impossible shape or place.")
    count = math.prod(shape) if len(shape) <= 64 else -1
    bits = _BITS.get(dtype) if isinstance(dtype, str) else None
    if count < 0 or (bits is not None and (end - begin) * 8 != -(-count * bits // 8) * 8):
        raise _Malformed(f"The tensor {name[:100]!r} does not fill the place it is given.")
    return str(dtype)[:40], count, begin, end


def _metadata(found: dict[Any, Any]) -> dict[str, str]:
    kept = list(found.items())[:500]
    return {str(key)[:200]: str(value)[:MAX_METADATA_VALUE] for key, value in kept}


class _Cursor:
    """Reads forward through a file, fetching in growing pieces, never past a limit."""

    def __init__(self, read: Read, size_bytes: int) -> None:
        self._read = read
        self._size = size_bytes
        self._buffer = b""
        self._start = 0
        self.position = 0
        self._piece = FIRST_READ

    def take(self, size: int) -> bytes:
        if size < 0 or size > self._size - self.position:
            raise _Malformed("Something in the header claims to be longer than the file.")
        if self.position + size > MAX_GGUF_HEADER:
            raise _Malformed(f"The header has over {MAX_GGUF_HEADER:,} bytes.")
        offset = self.position - self._start
        while len(self._buffer) - offset < size:
            at = self._start + len(self._buffer)
            self._buffer, self._start, offset = self._buffer[offset:], self.position, 0
            more = self._read(at, min(self._piece, self._size - at))
            if not more:
                raise _Malformed("The file ended inside its header.")
            self._buffer += more
            self._piece = min(self._piece * 2, 8 * 1024**2)
        self.position += size
        return self._buffer[offset : offset + size]

    def number(self, form: str) -> Any:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]

    def text(self) -> str:
        return str(self.take(self.number("Q")), "utf-8", "replace")

    def value(self, kind_: int) -> str:
        """One value as text; of an array only how long it is."""
        if kind_ == _GGUF_STRING:
            return self.text()
        if kind_ in _GGUF_SCALARS:
            return str(self.number(_GGUF_SCALARS[kind_]))
        if kind_ != _GGUF_ARRAY:
            raise _Malformed(f"The header holds a value of the unknown type {kind_}.")
        inner, count = self.number("I"), self.number("Q")
        if inner in _GGUF_SCALARS:
            self.take(struct.calcsize("<" + _GGUF_SCALARS[inner]) * count)
        elif inner == _GGUF_STRING and count * 8 <= self._size:
            for _ in range(count):
                self.take(self.number("Q"))
        else:
            raise _Malformed("The header holds an array of arrays or one of no possible length.")
        return f"[{count} values]"


def _gguf(path: str, read: Read, size_bytes: int) -> Weights:
    cursor = _Cursor(read, size_bytes)
    if size_bytes < 24 or cursor.take(4) != b"GGUF":
        raise _Malformed("The file does not start like GGUF.")
    version = cursor.number("I")
    if version not in {2, 3}:
        raise _Malformed(f"GGUF version {version} is not known.")
    tensors, keys = cursor.number("Q"), cursor.number("Q")
    if tensors > MAX_TENSORS or keys > MAX_KEYS:
        raise _Malformed("The header claims an impossible number of tensors or keys.")
    metadata: dict[str, str] = {}
    for _ in range(keys):
        key = cursor.text()[:200]
        metadata[key] = cursor.value(cursor.number("I"))[:MAX_METADATA_VALUE]
    dtypes: Counter[str] = Counter()
    data_bytes = 0
    for _ in range(tensors):
        name, count, size = _gguf_tensor(cursor)
        dtypes[name] += count
        data_bytes += size
    if data_bytes > size_bytes - cursor.position:
        raise _Malformed(f"The tensors need {data_bytes:,} bytes, which the file does not hold.")
    return Weights(
        path, "gguf", dtypes.total(), dict(dtypes), tensors, data_bytes, _metadata(metadata)
    )


def _gguf_tensor(cursor: _Cursor) -> tuple[str, int, int]:
    cursor.text()
    dimensions = cursor.number("I")
    if dimensions > 8:
        raise _Malformed("A tensor has an impossible number of dimensions.")
    count = math.prod(cursor.number("Q") for _ in range(dimensions))
    dtype, _offset = cursor.number("I"), cursor.number("Q")
    name, elements, size = _GGML.get(dtype, (f"type {dtype}", 1, 0))
    if count > 2**62:
        raise _Malformed("A tensor has an impossible number of elements.")
    return name, count, -(-count // elements) * size

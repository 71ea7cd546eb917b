"""Configs that make their reader run code, or read files elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import orjson

from artifacts.scanning.verdict import WARNING, ScanReport

MAX_JSON_BYTES = 64 * 1024**2
CHUNK_BYTES = 4 * 1024**2
OVERLAP_BYTES = 256

KERAS_MODULES = {"keras", "tf_keras", "keras_hub", "keras_nlp", "keras_cv", "builtins"}


def scan_json(
    name: str, file: BinaryIO, size_bytes: int, report: ScanReport, *, is_keras: bool = False
) -> None:
    """Report where a config makes its reader run code, or read elsewhere."""
    if size_bytes > MAX_JSON_BYTES:
        return  # a table of data: nothing loads a config of this size
    file.seek(0)
    try:
        content = orjson.loads(file.read(size_bytes))
    except orjson.JSONDecodeError:
        return  # what cannot be read as JSON configures nothing
    for key, value in _pairs(content, report):
        _check(key, value, report, is_keras=is_keras)


def _pairs(content: Any, report: ScanReport) -> Iterator[tuple[str, Any]]:
    waiting = [content]
    seen = 0
    while waiting:
        seen += 1
        if seen % 10_000 == 0:
            report.tick()
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _check(key: str, value: Any, report: ScanReport, *, is_keras: bool) -> None:
    if key == "auto_map" and isinstance(value, dict):
        for target in _texts(value):
            other = f" from the repository {target.split('--')[0]}" if "--" in target else ""
            report.add("code_in_config", WARNING, f"auto_map loads {target}{other}")
    elif key == "trust_remote_code" and value is True:
        report.add("code_in_config", WARNING, "trust_remote_code is switched on")
    elif key in {"custom_pipelines", "custom_pipeline", "custom_generate"} and value:
        named = ", ".join(islice(_texts(value), 20))
        report.add("code_in_config", WARNING, f"{key} loads code: {named[:200]}".rstrip(": "))
    elif key.lstrip("_").startswith(("attn_implementation", "experts_implementation")):
        for target in _texts(value):
            if "/" in target:
                report.add("code_in_config", WARNING, f"{key} loads code from {target}")
    elif isinstance(value, str) and key.endswith("_file") and value.startswith(("/", "~", "..")):
        report.add("path_in_config", WARNING, f"{key} points outside: {value[:200]}")
    else:
        _check_keras(key, value, report, is_config=is_keras)


def _check_keras(key: str, value: Any, report: ScanReport, *, is_config: bool) -> None:
    if key == "class_name" and value == "Lambda":
        report.add("keras_lambda", WARNING, "a Lambda layer carries code")
    elif is_config and key == "module" and isinstance(value, str):
        root = value.split(".")[0]
        if root not in KERAS_MODULES:
            report.add("keras_module", WARNING, f"a layer comes from the module {value}")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)


def scan_hdf5(file: BinaryIO, report: ScanReport) -> None:
    """Keras keeps its config as JSON text somewhere in the file."""
    report.looked()
    file.seek(0)
    held = b""
    while chunk := file.read(CHUNK_BYTES):
        report.tick()
        held += chunk
        if re.search(rb'"class_name":\s*"Lambda"', held):
            report.add("keras_lambda", WARNING, "a Lambda layer carries code")
            return
        held = held[-OVERLAP_BYTES:]

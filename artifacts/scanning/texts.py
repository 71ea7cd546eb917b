"""Texts: configs that point to code, and secrets that somebody forgot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import orjson

from artifacts.scanning.verdict import WARNING, Report

MAX_JSON_BYTES = 64 * 1024**2
MAX_TEXT_BYTES = 32 * 1024**2
WINDOW_BYTES = 1024**2
OVERLAP_BYTES = 256

SECRETS = {
    "a private key": rb"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY",
    "an AWS access key": rb"(?<![A-Za-z0-9/+])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])",
    "a Hugging Face token": rb"(?<![A-Za-z0-9_])hf_[A-Za-z0-9]{34,40}(?![A-Za-z0-9])",
    "a GitHub token": rb"(?<![A-Za-z0-9_])gh[pousr]_[A-Za-z0-9]{36}(?![A-Za-z0-9])",
    "a fine-grained GitHub token": rb"(?<!\w)github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?!\w)",
    "an OpenAI key": rb"(?<![\w-])sk-(?:proj-[\w-]{60,200}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})",
    "a Google API key": rb"(?<![\w-])AIza[\w-]{35}(?![\w-])",
    "a Slack token": rb"(?<![\w-])xox[abprs]-[0-9]{10,13}-[A-Za-z0-9-]{20,}",
    "a GitLab token": rb"(?<![\w-])glpat-[\w-]{20}(?![\w-])",
}
KERAS_MODULES = {"keras", "tf_keras", "keras_hub", "keras_nlp", "keras_cv", "builtins"}
PATTERNS = {kind: re.compile(pattern) for kind, pattern in SECRETS.items()}
KEY_BODY = re.compile(rb"[\s\\A-Za-z0-9+/=:,-]{0,300}?[A-Za-z0-9+/=]{40}")
HINT = re.compile(rb"PRIVATE KEY|AKIA|ASIA|hf_|gh[pousr]_|github_pat_|sk-|AIza|xox|glpat-")


def scan_secrets(file: BinaryIO, report: Report) -> None:
    """Report keys and tokens, by line, never in full. The first 32 MiB are read."""
    report.looked()
    line = 1
    for window, fresh in _windows(file, report):
        if HINT.search(window):
            for kind, pattern in PATTERNS.items():
                for match in pattern.finditer(window):
                    if match.start() < fresh and _is_real(kind, match, window):
                        where = line + window.count(b"\n", 0, match.start())
                        start = match.group()[:4].decode("ascii", "replace")
                        detail = f"holds what looks like {kind} ({start}…)"
                        report.add("secret", WARNING, detail, line=where)
        line += window.count(b"\n", 0, fresh)


def _windows(file: BinaryIO, report: Report) -> Iterator[tuple[bytes, int]]:
    """Pieces that overlap a little, and how much of each will not come again."""
    held = b""
    for _ in range(MAX_TEXT_BYTES // WINDOW_BYTES):
        report.tick()
        chunk = file.read(WINDOW_BYTES)
        held += chunk
        if len(chunk) < WINDOW_BYTES:
            break
        fresh = len(held) - OVERLAP_BYTES
        yield held, fresh
        held = held[fresh:]
    yield held, len(held)


def _is_real(kind: str, match: re.Match[bytes], window: bytes) -> bool:
    """Examples and placeholders repeat themselves or say what they are."""
    if kind == "a private key":
        return KEY_BODY.match(window, match.end()) is not None
    found = match.group()
    body = found.rsplit(b"_", 1)[-1][4:]
    placeholder = re.search(rb"(?i)example|xxxx|0000|1234567|abcdef|your|token", found)
    return placeholder is None and len(set(body)) >= min(10, len(body) // 2)


def scan_json(
    name: str, file: BinaryIO, size_bytes: int, report: Report, *, is_keras: bool = False
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


def _pairs(content: Any, report: Report) -> Iterator[tuple[str, Any]]:
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


def _check(key: str, value: Any, report: Report, *, is_keras: bool) -> None:
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


def _check_keras(key: str, value: Any, report: Report, *, is_config: bool) -> None:
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


def scan_hdf5(file: BinaryIO, report: Report) -> None:
    """Keras keeps its config as JSON text somewhere in the file."""
    report.looked()
    file.seek(0)
    held = b""
    while chunk := file.read(4 * WINDOW_BYTES):
        report.tick()
        held += chunk
        if re.search(rb'"class_name":\s*"Lambda"', held):
            report.add("keras_lambda", WARNING, "a Lambda layer carries code")
            return
        held = held[-OVERLAP_BYTES:]

"""Keys and tokens that somebody left in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from artifacts.scanning.verdict import WARNING, ScanReport

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
PATTERNS = {kind: re.compile(pattern) for kind, pattern in SECRETS.items()}
KEY_BODY = re.compile(rb"[\s\\A-Za-z0-9+/=:,-]{0,300}?[A-Za-z0-9+/=]{40}")
HINT = re.compile(rb"PRIVATE KEY|AKIA|ASIA|hf_|gh[pousr]_|github_pat_|sk-|AIza|xox|glpat-")


def scan_secrets(file: BinaryIO, report: ScanReport) -> None:
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


def _windows(file: BinaryIO, report: ScanReport) -> Iterator[tuple[bytes, int]]:
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

"""What the first bytes of a file (and the last ones of a zip) say it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

COMPRESSED = {b"\x1f\x8b\x08": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"}
OPAQUE = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "rar"}
PROGRAMS = {
    b"\x7fELF": "a Linux program or library",
    b"\xcf\xfa\xed\xfe": "a macOS program or library",
    b"\xce\xfa\xed\xfe": "a macOS program or library",
    b"\xca\xfe\xba\xbe": "a Java class or a macOS program",
}


def unwelcome(name: str, head: bytes) -> str:
    """What nobody expects in an artifact, in words."""
    if kind := kind_of(head, OPAQUE):
        return f"is a {kind} archive, which is not looked into"
    if kind := kind_of(head, PROGRAMS):
        return f"is {kind}"
    if _is_windows_program(head):
        return "is a Windows program or library"
    return "is compiled Python code" if name.endswith((".pyc", ".pyo")) else ""


def kind_of(head: bytes, table: Mapping[bytes, str]) -> str:
    """What ``table`` calls a file that begins like this; empty if it does not know."""
    return next((kind for magic, kind in table.items() if head.startswith(magic)), "")


def _is_windows_program(head: bytes) -> bool:
    if not head.startswith(b"MZ") or len(head) < 64:
        return False
    start = int.from_bytes(head[60:64], "little")
    return head[start : start + 4] == b"PE\0\0"


def is_safetensors(head: bytes, size_bytes: int) -> bool:
    """Whether the first bytes are the length of a JSON header that fits into the file."""
    return head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size_bytes - 8


def is_text(head: bytes) -> bool:
    """Whether the first bytes are UTF-8; the last letter may be cut."""
    try:
        head[:-4].decode()
    except UnicodeDecodeError:
        return False
    return True


def has_zip_end(file: BinaryIO, size_bytes: int) -> bool:
    """Whether the mark that ends a zip is where readers look for it."""
    file.seek(max(0, size_bytes - 66_000))
    return b"PK\5\6" in file.read(66_000)


def looks_like_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar" or _is_old_tar(head)


def _is_old_tar(head: bytes) -> bool:
    """Old headers have no mark, but a checksum."""
    if len(head) < 512:
        return False
    try:
        claimed = int(head[148:156].strip(b" \0") or b"-1", 8)
    except ValueError:
        return False
    return claimed == sum(head[:148]) + 8 * 32 + sum(head[156:512])

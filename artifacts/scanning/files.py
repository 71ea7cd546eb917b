"""One file: what it is by its bytes, and who looks at that."""

from __future__ import annotations

import ast
import re
import struct
from typing import BinaryIO

import orjson

from artifacts.scanning.containers import looks_like_tar, scan_compressed, scan_tar, scan_zip
from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.pickles import Machine, Malformed, follow, scan_pickles
from artifacts.scanning.remote_file import ReadRange, opened
from artifacts.scanning.texts import scan_hdf5, scan_json, scan_secrets
from artifacts.scanning.verdict import ERROR, WARNING, GaveUp, Report, ScanResult
from artifacts.storage import ObjectMissing, StorageUnavailable

MAX_DEPTH = 4
HEAD_BYTES = 8192
MAX_HEADER_BYTES = 100_000_000  # what the safetensors library accepts
PICKLE_NAMES = (".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".dill", ".p", ".pk")
TORCH_STORAGE = re.compile(r"(^|/)data/\d+$")
NUMBERS = re.compile(r"(^|/)(data|constants)/\d+$")  # raw tensors, also of TorchScript
COMPRESSED = {b"\x1f\x8b\x08": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"}
OPAQUE = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "rar"}
PROGRAMS = {
    b"\x7fELF": "a Linux program or library",
    b"\xcf\xfa\xed\xfe": "a macOS program or library",
    b"\xce\xfa\xed\xfe": "a macOS program or library",
    b"\xca\xfe\xba\xbe": "a Java class or a macOS program",
}


def scan_file(
    path: str, size_bytes: int, read_range: ReadRange, *, seconds: float = 120.0
) -> ScanResult:
    """Say what is in the file; ``read_range(offset, size)`` gives its bytes.

    Trouble of the storage passes, because the next try may see the file. All other trouble is
    the file's: the outcome is ``error``.
    """
    report = Report(seconds=seconds)
    try:
        look(path, opened(read_range, size_bytes), size_bytes, report)
    except GaveUp as exc:
        report.add("unreadable", ERROR, f"could not be looked at to the end: {exc}")
    except (StorageUnavailable, ObjectMissing):
        raise
    except Exception as exc:  # a parser that fell over has not found it clean
        report.add("unreadable", ERROR, f"could not be looked at: {type(exc).__name__}")
    return report.result()


def look(
    path: str,
    file: BinaryIO,
    size_bytes: int,
    report: Report,
    depth: int = 0,
    *,
    judge: Judge = judge,
) -> None:
    """Look at ``file`` as everything it could be taken for."""
    if depth > MAX_DEPTH:
        raise GaveUp("it is packed too deeply")
    report.tick()
    file.seek(0)
    head = file.read(HEAD_BYTES)
    name = path.lower()
    known = _look_by_magic(name, file, head, size_bytes, report=report, depth=depth)
    is_storage = depth and TORCH_STORAGE.search(name)  # a model has thousands, nothing opens them
    if not is_storage and _has_zip_end(file, size_bytes):  # other data may come before a zip
        scan_zip(path, file, size_bytes, report, depth)
    if known:
        return
    is_tensor = bool(depth and NUMBERS.search(name))
    if head[:1] == b"\x80" and head[1:2] <= b"\x05" and len(head) > 1:
        _look_at_pickle(file, report, is_tensor=is_tensor, judge=judge)
    elif b"\0" not in head and _is_text(head):
        _look_at_text(name, file, size_bytes, report)
        _look_for_old_pickle(name, file, report, is_tensor=is_tensor)
    else:
        _look_for_old_pickle(name, file, report, is_tensor=is_tensor)


def _look_by_magic(
    name: str, file: BinaryIO, head: bytes, size_bytes: int, *, report: Report, depth: int
) -> bool:
    """True where the first bytes say what it is, and that has been looked at."""
    if head.startswith(b"PK\3\4"):
        if not _has_zip_end(file, size_bytes):
            raise GaveUp("it starts like a zip and does not end like one")
    elif head.startswith(b"\x93NUMPY"):
        _look_at_numpy(file, report)
    elif head.startswith(b"\x89HDF\r\n\x1a\n"):
        scan_hdf5(file, report)
    elif looks_like_tar(head):
        scan_tar(name, file, report, depth)
    elif kind := _magic(head, COMPRESSED):
        scan_compressed(name, file, kind, report, depth)
    elif name.endswith(".safetensors") or _is_safetensors(head, size_bytes):
        _look_at_safetensors(file, size_bytes, report)
    elif sentence := _unwelcome(name, head):
        report.add("opaque" if "archive" in sentence else "program", WARNING, sentence)
    elif head.startswith(b"GGUF"):  # numbers behind a table of texts
        report.looked()
    else:
        return False
    return True


def _unwelcome(name: str, head: bytes) -> str:
    """What nobody expects in an artifact, in words."""
    if kind := _magic(head, OPAQUE):
        return f"is a {kind} archive, which is not looked into"
    if kind := _magic(head, PROGRAMS):
        return f"is {kind}"
    if _is_windows_program(head):
        return "is a Windows program or library"
    return "is compiled Python code" if name.endswith((".pyc", ".pyo")) else ""


def _magic(head: bytes, table: dict[bytes, str]) -> str:
    return next((kind for magic, kind in table.items() if head.startswith(magic)), "")


def _is_windows_program(head: bytes) -> bool:
    if not head.startswith(b"MZ") or len(head) < 64:
        return False
    start = int.from_bytes(head[60:64], "little")
    return head[start : start + 4] == b"PE\0\0"


def _is_safetensors(head: bytes, size_bytes: int) -> bool:
    return head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size_bytes - 8


def _is_text(head: bytes) -> bool:
    try:
        head[:-4].decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_zip_end(file: BinaryIO, size_bytes: int) -> bool:
    file.seek(max(0, size_bytes - 66_000))
    return b"PK\5\6" in file.read(66_000)


def _look_at_safetensors(file: BinaryIO, size_bytes: int, report: Report) -> None:
    """Only the header can say anything; what follows are numbers."""
    report.looked()
    file.seek(0)
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > min(size_bytes - 8, MAX_HEADER_BYTES):
        raise GaveUp("its safetensors header is longer than the file")
    try:
        header = orjson.loads(file.read(length))
    except orjson.JSONDecodeError as exc:
        raise GaveUp("its safetensors header is not JSON") from exc
    if not isinstance(header, dict):
        raise GaveUp("its safetensors header is not an object")


def _look_at_numpy(file: BinaryIO, report: Report) -> None:
    """An array of objects is a pickle behind a header."""
    report.looked()
    file.seek(6)
    major = file.read(2)[:1]
    width, layout = (2, "<H") if major == b"\1" else (4, "<I")
    length = struct.unpack(layout, file.read(width))[0]
    if length > 1_000_000:
        raise GaveUp("its NumPy header is too long")
    text = file.read(length).decode("latin-1")
    try:
        header = ast.literal_eval(text.strip())
        kind = header["descr"]
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError) as exc:
        raise GaveUp("its NumPy header is broken") from exc
    if "O" in repr(kind):
        scan_pickles(file, report)


def _look_at_text(name: str, file: BinaryIO, size_bytes: int, report: Report) -> None:
    file.seek(0)
    scan_secrets(file, report)
    if name.endswith(".json"):
        scan_json(name, file, size_bytes, report)


def _look_at_pickle(file: BinaryIO, report: Report, *, is_tensor: bool, judge: Judge) -> None:
    """By its first bytes this is a pickle; a tensor in a torch archive may start so as well."""
    file.seek(0)
    if not is_tensor:
        scan_pickles(file, report, judge)
        return
    machine = Machine(Report(seconds=report.seconds, started=report.started))
    try:
        follow(file, machine)
    except Malformed:
        if not machine.imports:
            return
    file.seek(0)
    scan_pickles(file, report)


def _look_for_old_pickle(name: str, file: BinaryIO, report: Report, *, is_tensor: bool) -> None:
    """Protocols 0 and 1 have no mark: it is a pickle if it reads like one that imports."""
    machine = Machine(Report(seconds=report.seconds, started=report.started))
    file.seek(0)
    try:
        follow(file, machine)
    except Malformed as exc:
        # an unpickler does its worst before it fails; a text that reads like one calls nothing,
        # and neither do numbers, which by chance read like a call of nothing
        has_called = machine.calls and (machine.can_import or not is_tensor)
        if name.endswith(PICKLE_NAMES) or has_called or (exc.is_end and machine.can_import):
            report.include(machine.report)
            raise GaveUp(f"it reads like a pickle, but {exc}") from exc
        return
    if machine.imports or name.endswith(PICKLE_NAMES):
        file.seek(0)
        scan_pickles(file, report)

"""One file: what it is by its bytes, and who looks at that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from artifacts.scanning.arrays import scan_numpy, scan_safetensors
from artifacts.scanning.configs import scan_hdf5, scan_json
from artifacts.scanning.credentials import scan_secrets
from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.magic import (
    COMPRESSED,
    has_zip_end,
    is_safetensors,
    is_text,
    kind_of,
    looks_like_tar,
    unwelcome,
)
from artifacts.scanning.pickle_machine import Machine, Malformed
from artifacts.scanning.pickles import follow, scan_pickles
from artifacts.scanning.remote_file import ReadRange, opened
from artifacts.scanning.tars import decompressed, tar_contents
from artifacts.scanning.unpacking import PackedFile
from artifacts.scanning.verdict import ERROR, WARNING, GaveUp, ScanReport, ScanResult
from artifacts.scanning.zips import zip_contents
from common.errors import RegistryError

MAX_DEPTH = 4
HEAD_BYTES = 8192
PICKLE_NAMES = (".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".dill", ".p", ".pk")
TORCH_STORAGE = re.compile(r"(^|/)data/\d+$")
NUMBERS = re.compile(r"(^|/)(data|constants)/\d+$")  # raw tensors, also of TorchScript


def scan_file(
    path: str, size_bytes: int, read_range: ReadRange, *, seconds: float = 120.0
) -> ScanResult:
    """Say what is in the file; ``read_range(offset, size)`` gives its bytes.

    Trouble of whoever gives the bytes passes, because the next try may see the file. All other
    trouble is the file's: the outcome is ``error``.
    """
    report = ScanReport(seconds=seconds)
    try:
        look(path, opened(read_range, size_bytes), size_bytes, report)
    except GaveUp as exc:
        report.add("unreadable", ERROR, f"could not be looked at to the end: {exc}")
    except RegistryError:
        raise
    except Exception as exc:  # a parser that fell over has not found it clean
        report.add("unreadable", ERROR, f"could not be looked at: {type(exc).__name__}")
    return report.result()


def look(
    path: str,
    file: BinaryIO,
    size_bytes: int,
    report: ScanReport,
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
    if not is_storage and has_zip_end(file, size_bytes):  # other data may come before a zip
        _look_inside(zip_contents(file, size_bytes, report), report, depth)
    if known:
        return
    is_tensor = bool(depth and NUMBERS.search(name))
    if head[:1] == b"\x80" and head[1:2] <= b"\x05" and len(head) > 1:
        _look_at_pickle(file, report, is_tensor=is_tensor, judge=judge)
    elif b"\0" not in head and is_text(head):
        _look_at_text(name, file, size_bytes, report)
        _look_for_old_pickle(name, file, report, is_tensor=is_tensor)
    else:
        _look_for_old_pickle(name, file, report, is_tensor=is_tensor)


def _look_inside(contents: Iterator[PackedFile], report: ScanReport, depth: int) -> None:
    """An archive holds files, which may be archives."""
    for inner in contents:
        name, file, size_bytes = inner.name, inner.file, inner.size_bytes
        look(name, file, size_bytes, report, depth + inner.levels, judge=inner.judge)
        if name.rsplit("/", 1)[-1] == "config.json":
            scan_json(name, file, size_bytes, report, is_keras=True)


def _look_by_magic(
    name: str, file: BinaryIO, head: bytes, size_bytes: int, *, report: ScanReport, depth: int
) -> bool:
    """True where the first bytes say what it is, and that has been looked at."""
    if head.startswith(b"PK\3\4"):
        if not has_zip_end(file, size_bytes):
            raise GaveUp("it starts like a zip and does not end like one")
    elif head.startswith(b"\x93NUMPY"):
        scan_numpy(file, report)
    elif head.startswith(b"\x89HDF\r\n\x1a\n"):
        scan_hdf5(file, report)
    elif looks_like_tar(head):
        _look_inside(tar_contents(file, report), report, depth)
    elif kind := kind_of(head, COMPRESSED):
        _look_inside(decompressed(name, file, kind, report), report, depth)
    elif name.endswith(".safetensors") or is_safetensors(head, size_bytes):
        scan_safetensors(file, size_bytes, report)
    elif sentence := unwelcome(name, head):
        report.add("opaque" if "archive" in sentence else "program", WARNING, sentence)
    elif head.startswith(b"GGUF"):  # numbers behind a table of texts
        report.looked()
    else:
        return False
    return True


def _look_at_text(name: str, file: BinaryIO, size_bytes: int, report: ScanReport) -> None:
    file.seek(0)
    scan_secrets(file, report)
    if name.endswith(".json"):
        scan_json(name, file, size_bytes, report)


def _look_at_pickle(file: BinaryIO, report: ScanReport, *, is_tensor: bool, judge: Judge) -> None:
    """By its first bytes this is a pickle; a tensor in a torch archive may start so as well."""
    file.seek(0)
    if not is_tensor:
        scan_pickles(file, report, judge)
        return
    machine = Machine(ScanReport(seconds=report.seconds, started=report.started))
    try:
        follow(file, machine)
    except Malformed:
        if not machine.imports:
            return
    file.seek(0)
    scan_pickles(file, report)


def _look_for_old_pickle(name: str, file: BinaryIO, report: ScanReport, *, is_tensor: bool) -> None:
    """Protocols 0 and 1 have no mark: it is a pickle if it reads like one that imports."""
    machine = Machine(ScanReport(seconds=report.seconds, started=report.started))
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

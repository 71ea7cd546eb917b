"""What a pickle would import, read opcode by opcode. Nothing is imported, built or called."""

from __future__ import annotations

import pickletools
from typing import Any, BinaryIO

from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.pickle_machine import Machine, Malformed
from artifacts.scanning.verdict import WARNING, GaveUp, ScanReport

MAX_OPCODES = 20_000_000
MAX_ARGUMENT_BYTES = 1024**2  # longer ones are skipped, never held
MAX_LINE_BYTES = 64 * 1024
LEGACY_TORCH = 0x1950A86A20F9469CFC6C
LEGACY_TORCH_PICKLES = 5  # magic, protocol, system, object, keys; then raw storages

OPCODES = {ord(op.code): op for op in pickletools.opcodes}
COUNTED = {  # opcodes whose argument says its own length, and the bytes of that length
    "SHORT_BINSTRING": 1, "BINSTRING": 4, "SHORT_BINBYTES": 1, "BINBYTES": 4, "BINBYTES8": 8,
    "SHORT_BINUNICODE": 1, "BINUNICODE": 4, "BINUNICODE8": 8, "BYTEARRAY8": 8, "LONG1": 1,
    "LONG4": 4,
}  # fmt: skip


class _Lines:
    """What ``pickletools`` reads arguments from, with a limit on what it may hold."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        if size > MAX_ARGUMENT_BYTES:
            raise Malformed("an argument is too long")
        return self.file.read(size)

    def readline(self) -> bytes:
        line = self.file.readline(MAX_LINE_BYTES)
        if len(line) == MAX_LINE_BYTES:
            raise Malformed("a line is too long")
        return line


def follow(file: BinaryIO, machine: Machine) -> Machine:
    """Read one pickle from where ``file`` is up to its STOP. Raises Malformed, GaveUp."""
    lines = _Lines(file)
    for count in range(MAX_OPCODES):
        if count % 4096 == 0:
            machine.report.tick()
        offset = file.tell()
        code = file.read(1)
        if not code:
            raise Malformed("it ends before its STOP", is_end=True)
        op = OPCODES.get(code[0])
        if op is None:
            raise Malformed(f"{code!r} is no opcode")
        arg = _argument(op, file, lines)
        if op.name == "STOP":
            return machine
        machine.apply(op.name, arg, offset)
    raise GaveUp("the pickle has too many opcodes")


def _argument(op: Any, file: BinaryIO, lines: _Lines) -> Any:
    if op.arg is None:
        return None
    if op.name == "FRAME":
        if len(file.read(8)) < 8:
            raise Malformed("it ends inside a frame")
        return None
    if width := COUNTED.get(op.name):
        here = file.tell()
        size = int.from_bytes(file.read(width), "little")
        if size > MAX_ARGUMENT_BYTES:
            _skip(file, size)
            return None
        file.seek(here)
    try:
        return op.arg.reader(lines)
    except (ValueError, OverflowError) as exc:
        raise Malformed(f"the argument of {op.name} is broken") from exc


def _skip(file: BinaryIO, size: int) -> None:
    try:
        file.seek(file.tell() + size - 1)
        is_there = file.read(1)
    except (OSError, OverflowError, ValueError):  # no file has so many bytes
        is_there = b""
    if not is_there:
        raise Malformed("it ends inside an argument")


def scan_pickles(file: BinaryIO, report: ScanReport, judge: Judge = judge) -> None:
    """Report what the pickles from here to the end import. Raises GaveUp where it cannot tell."""
    report.looked()
    machine = follow(file, Machine(report, judge))
    is_torch = machine.first == LEGACY_TORCH and not machine.imports
    if is_torch:
        for _ in range(LEGACY_TORCH_PICKLES - 1):
            follow(file, Machine(report, judge))
        return  # what follows are the raw numbers of the tensors
    for _ in range(1000):
        here = file.tell()
        if not file.read(1):
            return
        file.seek(here)
        try:
            follow(file, Machine(report, judge))
        except Malformed:
            report.add("pickle_rest", WARNING, "has other data behind the pickle", offset=here)
            return
    raise GaveUp("there are too many pickles in it")

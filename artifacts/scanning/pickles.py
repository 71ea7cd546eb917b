"""What a pickle would do, read opcode by opcode. Nothing is imported, built or called.

The opcodes are those of CPython's own table in ``pickletools``; their effect on stack and
memo is followed, because a name may be put together anywhere and fetched from the memo later.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.verdict import DANGER, INFO, WARNING, GaveUp, Report

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
TEXTS = {"STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE",
         "BINUNICODE8"}  # fmt: skip


class _Thing:
    """Anything on the stack that is not a text."""


THING, MARK = _Thing(), _Thing()
Item = str | _Thing


CALLS = {"REDUCE", "OBJ", "NEWOBJ", "NEWOBJ_EX", "BUILD", "INST"}


class Malformed(GaveUp):
    """An unpickler would stop here, but may have done much before."""

    def __init__(self, reason: str, *, is_end: bool = False) -> None:
        super().__init__(reason)
        self.is_end = is_end


@dataclass
class Machine:
    """The stack and the memo of an unpickler that does nothing."""

    report: Report
    judge: Judge = judge
    stack: list[Item] = field(default_factory=list)
    memo: dict[int, Item] = field(default_factory=dict)
    imports: list[tuple[str, str]] = field(default_factory=list)
    calls: int = 0
    first: Any = None  # the first number

    @property
    def can_import(self) -> bool:
        """Whether one of the imports has a name that Python could find."""
        return any(
            module == "?" or all(part.isidentifier() for part in f"{module}.{name}".split("."))
            for module, name in self.imports
        )

    def pop(self) -> Item:
        if not self.stack:
            raise Malformed("it takes from an empty stack")
        return self.stack.pop()

    def pop_mark(self) -> list[Item]:
        items = []
        while (item := self.pop()) is not MARK:
            items.append(item)
        return items

    def fetch(self, key: int) -> Item:
        if key not in self.memo:
            raise Malformed("it fetches what was never kept")
        return self.memo[key]

    def imported(self, module: Item, name: Item, offset: int) -> None:
        if not (isinstance(module, str) and isinstance(name, str)):
            detail = "imports something whose name it computes"
            self.report.add("pickle_import", DANGER, detail, offset=offset)
            self.imports.append(("?", "?"))
            return
        self.imports.append((module, name))
        severity = self.judge(module, name)
        if severity != INFO:
            self.report.add("pickle_import", severity, f"imports {module}.{name}", offset=offset)

    def apply(self, name: str, arg: Any, offset: int) -> None:
        """The effect of one opcode. A call that lacks what it needs calls nothing."""
        if name in TEXTS:
            self.stack.append(arg if isinstance(arg, str) and len(arg) <= 1000 else THING)
        elif name in _SPECIAL:
            _SPECIAL[name](self, arg, offset)
        else:
            self._generic(name, arg)
        self.calls += name in CALLS

    def _generic(self, name: str, arg: Any) -> None:
        """Whatever else there is takes and leaves things, as the table says."""
        op = _BY_NAME[name]
        before = list(op.stack_before)
        if pickletools.markobject in before:
            self.pop_mark()
            before = before[: before.index(pickletools.markobject)]
        for _ in before:
            self.pop()
        if self.first is None and name != "PROTO" and isinstance(arg, int):
            self.first = arg
        self.stack.extend([THING] * len(op.stack_after))


_BY_NAME = {op.name: op for op in pickletools.opcodes}


def _global(machine: Machine, arg: str, offset: int) -> None:
    module, _, name = arg.partition(" ")
    machine.imported(module, name, offset)
    machine.stack.append(THING)


def _inst(machine: Machine, arg: str, offset: int) -> None:
    machine.pop_mark()
    _global(machine, arg, offset)


def _stack_global(machine: Machine, arg: None, offset: int) -> None:
    name, module = machine.pop(), machine.pop()
    machine.imported(module, name, offset)
    machine.stack.append(THING)


def _extension(machine: Machine, arg: int, offset: int) -> None:
    detail = f"calls the registered extension {arg}, whatever that is"
    machine.report.add("pickle_import", WARNING, detail, offset=offset)
    machine.stack.append(THING)


def _top(machine: Machine) -> Item:
    item = machine.pop()
    machine.stack.append(item)
    return item


def _put(machine: Machine, arg: int, offset: int) -> None:
    machine.memo[arg] = _top(machine)


def _memoize(machine: Machine, arg: None, offset: int) -> None:
    machine.memo[len(machine.memo)] = _top(machine)


def _get(machine: Machine, arg: int, offset: int) -> None:
    machine.stack.append(machine.fetch(arg))


def _dup(machine: Machine, arg: None, offset: int) -> None:
    machine.stack.append(_top(machine))


def _mark(machine: Machine, arg: None, offset: int) -> None:
    machine.stack.append(MARK)


def _pop(machine: Machine, arg: None, offset: int) -> None:
    machine.pop()


def _pop_mark(machine: Machine, arg: None, offset: int) -> None:
    machine.pop_mark()


_SPECIAL: dict[str, Callable[[Machine, Any, int], None]] = {
    "GLOBAL": _global, "INST": _inst, "STACK_GLOBAL": _stack_global,
    "EXT1": _extension, "EXT2": _extension, "EXT4": _extension,
    "PUT": _put, "BINPUT": _put, "LONG_BINPUT": _put, "MEMOIZE": _memoize,
    "GET": _get, "BINGET": _get, "LONG_BINGET": _get,
    "DUP": _dup, "MARK": _mark, "POP": _pop, "POP_MARK": _pop_mark,
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


def scan_pickles(file: BinaryIO, report: Report, judge: Judge = judge) -> None:
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

"""The stack and the memo of an unpickler, followed without building or calling anything.

A name may be put together anywhere and fetched from the memo later, so the effect of each
opcode is kept, as CPython's own table in ``pickletools`` describes it.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from artifacts.scanning.imports import Judge, judge
from artifacts.scanning.verdict import DANGER, INFO, WARNING, GaveUp, ScanReport

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

    report: ScanReport
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

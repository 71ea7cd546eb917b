"""Regular expressions that run in linear time, on every database the same: RE2.

Its syntax, and the few spellings of Python that mean the same thing. What RE2 does not
have is refused by name; see https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import re2

from artifacts.search.literals import needs_of
from artifacts.search.needs import Needs
from common.errors import RegistryError

LONGEST = 4096
# A step over a text costs at most as much as the pattern is large.
LARGEST_PROGRAM = 2500
MEMORY_BYTES = 8 * 1024**2

_OPTIONS = re2.Options()
_OPTIONS.max_mem = MEMORY_BYTES
_OPTIONS.log_errors = False
_OPTIONS.never_capture = True

# What people know from other dialects, longest beginnings first.
_GROUPS = {
    "(?<=": "lookbehind (?<=…)",
    "(?<!": "negative lookbehind (?<!…)",
    "(?=": "lookahead (?=…)",
    "(?!": "negative lookahead (?!…)",
    "(?>": "an atomic group (?>…)",
    "(?P=": "a backreference (?P=name)",
    "(?P>": "a call of a group (?P>name)",
    "(?(": "a condition (?(…)…|…)",
    "(?|": "a branch reset (?|…)",
    "(?R": "recursion (?R)",
    "(?#": "a comment (?#…)",
    "(?x": "the flag x",
    "(?a": "the flag a",
    "(?L": "the flag L",
    "(?u": "the flag u",
    "(?'": "a group named in quotes (?'name'…)",
}
_ESCAPES = {
    "k": "a backreference \\k",
    "g": "a reference to a group \\g",
    "N": "a character by its name \\N",
    "X": "a grapheme \\X",
    "R": "a line break \\R",
    "K": "a reset of the match \\K",
    "G": "the anchor \\G",
    "h": "horizontal space \\h",
    "Z": "the anchor \\Z inside a class",
    **{digit: f"a backreference \\{digit}" for digit in "123456789"},
}
_POSSESSIVE = {"*+": "*+", "++": "++", "?+": "?+", "}+": "{…}+"}
_HEX = re.compile(r"u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})")


class InvalidRegex(RegistryError):
    code = "invalid_regex"
    message = "The regular expression cannot be used: {reason}."
    status = 400


class Pattern(NamedTuple):
    """A compiled expression, and what a text needs for it to match anywhere."""

    source: str
    program: Any
    needs: Needs

    def matches(self, text: str) -> bool:
        """Whether it matches somewhere in ``text``; lets other threads run meanwhile."""
        return self.program.search(text) is not None


def compiled(source: str) -> Pattern:
    """``source`` ready to search with; raises InvalidRegex, which names what is wrong."""
    if not source:
        raise InvalidRegex(reason="it is empty")
    if len(source) > LONGEST:
        raise InvalidRegex(reason=f"it has {len(source)} characters, {LONGEST} are the most")
    try:
        source.encode()
    except UnicodeEncodeError as exc:
        raise InvalidRegex(reason="it holds half of a surrogate pair") from exc
    spelled = _respelled(source)
    try:
        program = re2.compile(spelled, _OPTIONS)
    except re2.error as exc:
        raise InvalidRegex(reason=_reason(exc, spelled)) from exc
    finally:
        re2.purge()  # its cache would keep up to a gigabyte of them
    if program.programsize > LARGEST_PROGRAM:
        raise InvalidRegex(
            reason="it is too large once its repetitions are written out; repeat less"
        )
    return Pattern(source, program, needs_of(spelled))


def _respelled(source: str) -> str:
    r"""As RE2 has it: \uXXXX, \UXXXXXXXX, \Z, [\b] and escapes of letters beyond ASCII."""
    parts: list[str] = []
    at, in_class, class_start = 0, False, 0
    while at < len(source):
        char = source[at]
        if source.startswith("\\Q", at) and not in_class:
            end = source.find("\\E", at + 2)
            end = len(source) if end < 0 else end + 2
            parts.append(source[at:end])
            at = end
            continue
        if char == "\\" and at + 1 < len(source):
            text, length = _escape(source, at + 1, in_class=in_class)
            parts.append(text)
            at += 1 + length
            continue
        if char == "[" and not in_class:
            in_class, class_start = True, at
        elif char == "]" and in_class and source[class_start + 1 : at] not in {"", "^"}:
            in_class = False
        parts.append(char)
        at += 1
    return "".join(parts)


def _escape(source: str, at: int, *, in_class: bool) -> tuple[str, int]:
    """What follows a backslash as RE2 writes it, and how many characters that was."""
    if found := _HEX.match(source, at):
        return f"\\x{{{found[1] or found[2]}}}", len(found[0])
    char = source[at]
    if char == "Z" and not in_class:
        return "\\z", 1
    if char == "b" and in_class:
        return "\\x08", 1
    if not char.isascii():
        return char, 1
    return f"\\{char}", 1


def _reason(error: Exception, source: str) -> str:
    """RE2's complaint in words; constructs that it does not have are named."""
    raw = error.args[0]
    complaint = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
    kind, _, what = complaint.partition(": ")
    if kind in {"invalid perl operator", "invalid named capture group"}:
        for beginning, name in _GROUPS.items():
            # RE2 may quote only "(?" or "(?P" of it
            if what.startswith(beginning) or (beginning.startswith(what) and beginning in source):
                return _unsupported(name)
    if kind == "invalid escape sequence" and what[1:2] in _ESCAPES:
        return _unsupported(_ESCAPES[what[1]])
    if kind == "bad repetition operator" and what[-2:] in _POSSESSIVE:
        return _unsupported(f"a possessive repetition {_POSSESSIVE[what[-2:]]}")
    if kind == "pattern too large - compile failed":
        return "it is too large once its repetitions are written out; repeat less"
    return complaint


def _unsupported(name: str) -> str:
    return f"it uses {name}, which expressions that run in linear time (RE2) do not have"

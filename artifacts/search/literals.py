"""Which literal texts a pattern needs: what a trigram index can be asked for.

The answer may ask for less than the pattern does, never for more: whatever is not
understood here asks for nothing, and RE2 has the last word on every candidate.
"""

from __future__ import annotations

import re

from artifacts.search.needs import (
    ANYTHING,
    NOTHING,
    Fragment,
    FragmentSequence,
    Needs,
    either,
    folded,
    repeated,
    telling,
)

LARGEST_CLASS = 8
DEEPEST = 60
MOST_REPETITIONS = 1000
# Letters that some other letter folds to: the Kelvin sign, and the long s.
FOLDED_FROM_ELSEWHERE = frozenset("ksKS")
# RE2 reads a class of one letter in both cases as that letter in any case, and so finds these too.
ELSEWHERE = {frozenset("kK"): "\u212a", frozenset("sS"): "\u017f"}


class _Opaque(Exception):
    """Something that is not understood: the pattern needs nothing that we know of."""


def needs_of(pattern: str) -> Needs:
    """What a text needs to be matched by ``pattern``, which RE2 has accepted."""
    parser = _Parser(pattern)
    try:
        part = parser.alternatives(depth=0)
        if parser.at != len(pattern):
            return Needs()
    except (_Opaque, IndexError):
        return Needs()
    choices = part.required()
    if parser.is_folded:
        choices = tuple(map(folded, choices))
    return Needs(telling(choices), parser.is_folded)


_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}")
_GROUP = re.compile(r"\(\?(?:P?<\w+>|(?P<flags>[imsU]*(?:-[imsU]+)?)(?P<end>[:)]))")
_CODE = re.compile(r"x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{1,3})")
_PROPERTY = re.compile(r"[pP](?:\{[^}]*\}|.)")
_SIGNS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class _Parser:
    """A reader of RE2's syntax that keeps only literals."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.ignores_case = False
        self.is_folded = False

    def alternatives(self, depth: int) -> Fragment:
        if depth > DEEPEST:
            raise _Opaque
        before = self.ignores_case
        parts = [self.sequence(depth)]
        while self._take("|"):
            parts.append(self.sequence(depth))
        self.ignores_case = before  # flags end with their group
        return either(parts)

    def sequence(self, depth: int) -> Fragment:
        sequence = FragmentSequence()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if self.pattern.startswith("\\Q", self.at):
                for part in self._quoted():
                    sequence.add(part)
                continue
            part = self.atom(depth)
            least, most = self._repetition()
            for each in repeated(part, least, most):
                sequence.add(each)
        return sequence.done()

    def atom(self, depth: int) -> Fragment:
        char = self.pattern[self.at]
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        if char == ".":
            return ANYTHING
        if char in "^$":
            return NOTHING
        return self._literal(char)

    def _group(self, depth: int) -> Fragment:
        found = _GROUP.match(self.pattern, self.at)
        outside = self.ignores_case
        if found is None:
            if self.pattern.startswith("(?", self.at):
                raise _Opaque
            self.at += 1
        else:
            self.at = found.end()
            if found["flags"] is not None:
                on, _, off = found["flags"].partition("-")
                self.ignores_case = (self.ignores_case or "i" in on) and "i" not in off
                if found["end"] == ")":  # from here to the end of the group around it
                    return NOTHING
        part = self.alternatives(depth + 1)
        if not self._take(")"):
            raise _Opaque
        self.ignores_case = outside
        return part

    def _escape(self) -> Fragment:
        self.at += 1
        if found := _CODE.match(self.pattern, self.at):
            self.at = found.end()
            code = int(found[3], 8) if found[3] else int(found[1] or found[2], 16)
            return self._literal(chr(code))
        if found := _PROPERTY.match(self.pattern, self.at):
            self.at = found.end()
            return ANYTHING
        char = self.pattern[self.at]
        self.at += 1
        if char in "AzbB":
            return NOTHING
        if char in "dDsSwWC":
            return ANYTHING
        if char in _CONTROLS:
            return self._literal(_CONTROLS[char])
        if char.isalnum():
            raise _Opaque
        return self._literal(char)

    def _quoted(self) -> list[Fragment]:
        end = self.pattern.find("\\E", self.at)
        if end < 0:
            raise _Opaque
        text = self.pattern[self.at + 2 : end]
        self.at = end + 2
        if self.at < len(self.pattern) and self.pattern[self.at] in "*+?{":
            raise _Opaque  # repeats the last letter only
        return [self._literal(char) for char in text]

    def _class(self) -> Fragment:
        """A few letters are as good as an alternation; all others are anything."""
        end = self.at + 1
        is_negated = self.pattern[end] == "^"
        end += is_negated
        start = end
        is_simple = not is_negated
        while self.pattern[end] != "]" or end == start:
            if self.pattern[end] == "\\":
                end += 1
                is_simple = is_simple and not self.pattern[end].isalnum()
            elif self.pattern.startswith("[:", end):
                raise _Opaque
            elif self.pattern[end] == "-":
                is_simple = False
            end += 1
        self.at = end + 1
        letters = re.sub(r"\\(.)", r"\1", self.pattern[start:end], flags=re.DOTALL)
        if not is_simple or len(letters) > LARGEST_CLASS:
            return ANYTHING
        letters += ELSEWHERE.get(frozenset(letters), "")
        return either([self._literal(char) for char in letters])

    def _literal(self, char: str) -> Fragment:
        if not self.ignores_case or char.lower() == char.upper():
            return Fragment(exact=frozenset([char]))
        self.is_folded = True
        if not char.isascii() or char in FOLDED_FROM_ELSEWHERE:
            return ANYTHING
        return Fragment(exact=frozenset([char.lower()]))

    def _repetition(self) -> tuple[int, int | None]:
        """How often, at least and at most (None for any number)."""
        counts: tuple[int, int | None]
        if found := _COUNT.match(self.pattern, self.at):
            self.at = found.end()
            least = int(found[1])
            most = least if found[2] is None else (int(found[3]) if found[3] else None)
            if max(least, most or 0) > MOST_REPETITIONS:
                raise _Opaque  # for RE2 these are plain letters
            counts = (least, most)
        elif self.pattern[self.at : self.at + 1] in _SIGNS:
            counts = _SIGNS[self.pattern[self.at]]
            self.at += 1
        else:
            return 1, 1
        self._take("?")  # lazy or not, it matches the same texts
        return counts

    def _take(self, char: str) -> bool:
        if self.pattern.startswith(char, self.at):
            self.at += 1
            return True
        return False

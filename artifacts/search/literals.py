"""Which literal texts a pattern needs: what a trigram index can be asked for.

The answer may ask for less than the pattern does, never for more: whatever is not
understood here asks for nothing, and RE2 has the last word on every candidate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import product

MOST_ALTERNATIVES = 24
LARGEST_CLASS = 8
DEEPEST = 60
MOST_REPETITIONS = 1000
# Letters that some other letter folds to: the Kelvin sign, and the long s.
FOLDED_FROM_ELSEWHERE = frozenset("ksKS")
# RE2 reads a class of one letter in both cases as that letter in any case, and so finds these too.
ELSEWHERE = {frozenset("kK"): "\u212a", frozenset("sS"): "\u017f"}

Choice = frozenset[str]


@dataclass(frozen=True, slots=True)
class Needs:
    """A text must hold one literal of every choice; ``is_folded`` if letter case is open."""

    choices: tuple[Choice, ...] = ()
    is_folded: bool = False

    def allow(self, text: str) -> bool:
        """Whether ``text`` has what is needed."""
        text = text.lower() if self.is_folded else text
        return all(any(literal in text for literal in choice) for choice in self.choices)


@dataclass(frozen=True, slots=True)
class _Part:
    """Every text that a part of a pattern matches (if they are few), else what all of them hold."""

    exact: Choice | None = None
    choices: tuple[Choice, ...] = ()

    def best(self) -> Choice | None:
        """The choice that says most."""
        choices = (self.exact,) if self.exact is not None else self.choices
        return max(choices, key=_strength, default=None)

    def required(self) -> tuple[Choice, ...]:
        return self.choices if self.exact is None else (self.exact,)


_ANYTHING = _Part()
_NOTHING = _Part(exact=frozenset([""]))


def _strength(choice: Choice) -> tuple[int, int]:
    return min(map(len, choice)), -len(choice)


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
        choices = tuple(_folded(choice) for choice in choices)
    return Needs(_telling(choices), parser.is_folded)


def _folded(choice: Choice) -> Choice:
    """In lower case; databases differ in how they fold letters beyond ASCII."""
    if all(char.isascii() or char.lower() == char.upper() for text in choice for char in text):
        return frozenset(map(str.lower, choice))
    return frozenset([""])


def _telling(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Without repetition, and without choices that the empty text fulfils."""
    return tuple(dict.fromkeys(choice for choice in choices if all(choice)))


@dataclass(slots=True)
class _Sequence:
    """Parts in a row: neighbours that are known exactly grow together."""

    run: set[str] = field(default_factory=lambda: {""})
    choices: list[Choice] = field(default_factory=list)
    is_exact: bool = True

    def add(self, part: _Part) -> None:
        if part.exact is not None:
            if len(self.run) * len(part.exact) > MOST_ALTERNATIVES:
                self._end_run()
            self.run = {a + b for a, b in product(self.run, part.exact)}
            return
        self._end_run()
        self.choices += part.choices

    def _end_run(self) -> None:
        self.is_exact = False
        self.choices.append(frozenset(self.run))
        self.run = {""}

    def done(self) -> _Part:
        if self.is_exact:
            return _Part(exact=frozenset(self.run))
        self._end_run()
        return _Part(choices=_telling(tuple(self.choices)))


def _either(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    if all(part.exact is not None for part in parts):
        union = frozenset[str]().union(*(part.exact or () for part in parts))
        if len(union) <= MOST_ALTERNATIVES:
            return _Part(exact=union)
    best = [part.best() for part in parts]
    if any(choice is None for choice in best):
        return _ANYTHING
    union = frozenset[str]().union(*(choice or () for choice in best))
    return _Part(choices=_telling((union,)) if len(union) <= 2 * MOST_ALTERNATIVES else ())


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

    def alternatives(self, depth: int) -> _Part:
        if depth > DEEPEST:
            raise _Opaque
        before = self.ignores_case
        parts = [self.sequence(depth)]
        while self._take("|"):
            parts.append(self.sequence(depth))
        self.ignores_case = before  # flags end with their group
        return _either(parts)

    def sequence(self, depth: int) -> _Part:
        sequence = _Sequence()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if self.pattern.startswith("\\Q", self.at):
                for part in self._quoted():
                    sequence.add(part)
                continue
            part = self.atom(depth)
            least, most = self._repetition()
            for repeated in _repeated(part, least, most):
                sequence.add(repeated)
        return sequence.done()

    def atom(self, depth: int) -> _Part:
        char = self.pattern[self.at]
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        if char == ".":
            return _ANYTHING
        if char in "^$":
            return _NOTHING
        return self._literal(char)

    def _group(self, depth: int) -> _Part:
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
                    return _NOTHING
        part = self.alternatives(depth + 1)
        if not self._take(")"):
            raise _Opaque
        self.ignores_case = outside
        return part

    def _escape(self) -> _Part:
        self.at += 1
        if found := _CODE.match(self.pattern, self.at):
            self.at = found.end()
            code = int(found[3], 8) if found[3] else int(found[1] or found[2], 16)
            return self._literal(chr(code))
        if found := _PROPERTY.match(self.pattern, self.at):
            self.at = found.end()
            return _ANYTHING
        char = self.pattern[self.at]
        self.at += 1
        if char in "AzbB":
            return _NOTHING
        if char in "dDsSwWC":
            return _ANYTHING
        if char in _CONTROLS:
            return self._literal(_CONTROLS[char])
        if char.isalnum():
            raise _Opaque
        return self._literal(char)

    def _quoted(self) -> list[_Part]:
        end = self.pattern.find("\\E", self.at)
        if end < 0:
            raise _Opaque
        text = self.pattern[self.at + 2 : end]
        self.at = end + 2
        if self.at < len(self.pattern) and self.pattern[self.at] in "*+?{":
            raise _Opaque  # repeats the last letter only
        return [self._literal(char) for char in text]

    def _class(self) -> _Part:
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
            return _ANYTHING
        letters += ELSEWHERE.get(frozenset(letters), "")
        return _either([self._literal(char) for char in letters])

    def _literal(self, char: str) -> _Part:
        if not self.ignores_case or char.lower() == char.upper():
            return _Part(exact=frozenset([char]))
        self.is_folded = True
        if not char.isascii() or char in FOLDED_FROM_ELSEWHERE:
            return _ANYTHING
        return _Part(exact=frozenset([char.lower()]))

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


def _repeated(part: _Part, least: int, most: int | None) -> list[_Part]:
    """``part`` so often in a row; what comes after the least number is anything."""
    if least == 0:
        if most == 1 and part.exact is not None:
            return [_Part(exact=part.exact | {""})]
        return [_ANYTHING]
    copies = [part] * min(least, 8)
    return copies if least == most and least <= 8 else [*copies, _ANYTHING]

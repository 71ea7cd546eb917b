"""What texts must hold to match: from the parts of a pattern to the needs of the whole.

The answer may ask for less than the pattern does, never for more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

MOST_ALTERNATIVES = 24

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
class Fragment:
    """Every text that a part of a pattern matches (if they are few), else what all of them hold."""

    exact: Choice | None = None
    choices: tuple[Choice, ...] = ()

    def best(self) -> Choice | None:
        """The choice that says most."""
        choices = (self.exact,) if self.exact is not None else self.choices
        return max(choices, key=_strength, default=None)

    def required(self) -> tuple[Choice, ...]:
        return self.choices if self.exact is None else (self.exact,)


ANYTHING = Fragment()
NOTHING = Fragment(exact=frozenset([""]))


def _strength(choice: Choice) -> tuple[int, int]:
    return min(map(len, choice)), -len(choice)


def folded(choice: Choice) -> Choice:
    """In lower case; databases differ in how they fold letters beyond ASCII."""
    if all(char.isascii() or char.lower() == char.upper() for text in choice for char in text):
        return frozenset(map(str.lower, choice))
    return frozenset([""])


def telling(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Without repetition, and without choices that the empty text fulfils."""
    return tuple(dict.fromkeys(choice for choice in choices if all(choice)))


@dataclass(slots=True)
class FragmentSequence:
    """Parts in a row: neighbours that are known exactly grow together."""

    run: set[str] = field(default_factory=lambda: {""})
    choices: list[Choice] = field(default_factory=list)
    is_exact: bool = True

    def add(self, part: Fragment) -> None:
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

    def done(self) -> Fragment:
        """The whole row as one part."""
        if self.is_exact:
            return Fragment(exact=frozenset(self.run))
        self._end_run()
        return Fragment(choices=telling(tuple(self.choices)))


def either(parts: list[Fragment]) -> Fragment:
    """One of ``parts``; too many of them say as little as anything."""
    if len(parts) == 1:
        return parts[0]
    if all(part.exact is not None for part in parts):
        union = frozenset[str]().union(*(part.exact or () for part in parts))
        if len(union) <= MOST_ALTERNATIVES:
            return Fragment(exact=union)
    best = [part.best() for part in parts]
    if any(choice is None for choice in best):
        return ANYTHING
    union = frozenset[str]().union(*(choice or () for choice in best))
    return Fragment(choices=telling((union,)) if len(union) <= 2 * MOST_ALTERNATIVES else ())


def repeated(part: Fragment, least: int, most: int | None) -> list[Fragment]:
    """``part`` so often in a row; what comes after the least number is anything."""
    if least == 0:
        if most == 1 and part.exact is not None:
            return [Fragment(exact=part.exact | {""})]
        return [ANYTHING]
    copies = [part] * min(least, 8)
    return copies if least == most and least <= 8 else [*copies, ANYTHING]

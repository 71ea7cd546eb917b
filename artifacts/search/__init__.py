"""Searching names and READMEs by regular expression: an index proposes, RE2 decides."""

from artifacts.search.dialect import InvalidRegex, Pattern, compiled
from artifacts.search.finding import NAMES, READMES, Answer, Found, Position, find

__all__ = [
    "NAMES",
    "READMES",
    "Answer",
    "Found",
    "InvalidRegex",
    "Pattern",
    "Position",
    "compiled",
    "find",
]

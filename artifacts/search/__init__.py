"""Searching names and READMEs by regular expression: an index proposes, RE2 decides."""

from artifacts.search.dialect import InvalidRegex, Pattern, compiled
from artifacts.search.finding import NAMES, READMES, Position, SearchMatch, SearchPage, find

__all__ = [
    "NAMES",
    "READMES",
    "InvalidRegex",
    "Pattern",
    "Position",
    "SearchMatch",
    "SearchPage",
    "compiled",
    "find",
]

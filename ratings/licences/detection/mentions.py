"""Where prose names a licence."""

from __future__ import annotations

import re
from functools import lru_cache

from ratings.licences.data.tables import says, table, word_list
from ratings.licences.declared import names

MAX_WINDOW = 12  # words of a name
LINK = re.compile(r"https?://[^\s)\]>\"'|]{4,200}")


def mentions(text: str, *, is_section: bool) -> list[tuple[str, int, int]]:
    """Names of licences in prose: the licence and where its name stands."""
    plain = re.sub(r"[*_`\[\]()]", " ", LINK.sub(lambda m: " " * len(m[0]), text))
    tokens = [(m[0], m.start(), m.end()) for m in re.finditer(r"[\w+.#/&'’-]+", plain)]
    found: list[tuple[str, int, int]] = []
    place = 0
    while place < len(tokens):
        length = _longest_name(plain, tokens, place, is_section=is_section)
        if length:
            start, end = tokens[place][1], tokens[place + length - 1][2]
            found.append((_named(plain[start:end]), start, end))
        place += max(length, 1)
    return found


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    """Words with which the name of a licence can begin."""
    known = {name.split()[0] for name in table("names")["names"] if name}
    for row in names.community().values():
        known.update(words[0] for name in row["names"] if (words := names.simplify(name).split()))
    known.update(word.split("-")[0] for word in table("names")["hub"])
    return frozenset(known | word_list("name_starts"))


def _longest_name(
    plain: str, tokens: list[tuple[str, int, int]], place: int, *, is_section: bool
) -> int:
    """How many words from here are the name of a licence; 0 when none are."""
    first = re.split(r"[^a-z0-9]", tokens[place][0].lower())[0]
    if first not in _first_words():
        return 0
    for length in range(min(MAX_WINDOW, len(tokens) - place), 0, -1):
        start, end = tokens[place][1], tokens[place + length - 1][2]
        window = plain[start:end]
        if "\n\n" in window or not _named(window):
            continue
        if _is_precise(window, plain[start : end + 30], is_section=is_section):
            return length
    return 0


def _named(window: str) -> str:
    clean = window.strip(" .,;:'’-")
    return names.from_name(clean)


def _is_precise(window: str, with_tail: str, *, is_section: bool) -> bool:
    """Whether words that could mean other things do mean a licence here."""
    licence = _named(window)
    if licence in names.community() and not licence.endswith("-family"):
        return says("says_licence", window) or (is_section and says("says_licence", with_tail))
    clean = window.strip(" .,;:'’-")
    if (
        clean in word_list("exact")
        or clean.split()[0] in word_list("exact")
        or re.search(r"\d", clean)
    ):
        return True
    return says("says_licence", with_tail) or (is_section and clean.isupper())

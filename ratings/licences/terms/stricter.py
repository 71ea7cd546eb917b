"""What one set of terms takes away that another gives."""

from __future__ import annotations

from ratings.licences.data.tables import says
from ratings.licences.terms.of_licence import Permissions

OWN_TERMS = "LicenseRef-terms-of-its-own"  # joined by AND to a licence whose text has more to say

GIVEN = {
    "commercial": "commercial use",
    "fine_tuning": "changing it",
    "redistribution": "passing on what is made from it",
}


def of_words(words: str, *, is_restricting: bool) -> Permissions:
    """What words beside a licence leave of it: nobody but their author knows the rest."""
    if not is_restricting:
        return Permissions(OWN_TERMS)
    commercial = False if says("money", words) else None
    return Permissions(OWN_TERMS, commercial=commercial, use_restrictions=True)


def taken_away(given: Permissions, left: Permissions) -> tuple[str, ...]:
    """What ``given`` permits and ``left`` does not, in words; nothing where either is unknown."""
    taken = [
        words
        for name, words in GIVEN.items()
        if getattr(given, name) is True and getattr(left, name) is False
    ]
    if not taken and given.use_restrictions is False and left.use_restrictions is True:
        taken.append("use for any purpose")
    return tuple(taken)

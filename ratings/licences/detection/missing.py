"""Which words a licence has and a text that reads as it has not."""

from __future__ import annotations

import numpy as np

from ratings.licences.data.tables import table
from ratings.licences.detection import fingerprint
from ratings.licences.detection.comparison import Comparison

CONNECTING = ("and", "or", "to", "the", "a")


def missing(compared: Comparison) -> str:
    """Words of the licence that are not there and whose absence changes it."""
    spelt = [word.word for word in compared.words]
    there = set(zip(spelt, spelt[1:], spelt[2:], strict=False))
    whole = compared.covered & compared.inner
    for place in np.flatnonzero(~compared.hits & whole[:-2] & whole[1:-1] & whole[2:]):
        one, two = spelt[place : place + 2]
        lost = _went_on(compared, one, two, there)
        if lost:
            return f"“{' '.join(lost)}” is missing after “{one} {two}”"
    return ""


def _went_on(
    compared: Comparison, one: str, two: str, there: set[tuple[str, str, str]], *, steps: int = 2
) -> tuple[str, ...]:
    """How the licence, and not the text, goes on after two words up to an operative one."""
    # what a recogniser has not vouched for can lack more
    operative = table("wording")["operative" if compared.is_matched else "operative_anywhere"]
    words = (*operative, *CONNECTING)
    probes = [word for each in words for word in (one, two, each)]
    hashes = fingerprint.triples(probes)[::3]
    is_known = np.isin(hashes, fingerprint.of_licence(compared.licence))
    for place in np.flatnonzero(is_known):
        word = words[place]
        if (one, two, word) in there:
            continue
        if word not in CONNECTING:
            return (word,)
        rest = _went_on(compared, two, word, there, steps=steps - 1) if steps else ()
        if rest:
            return (word, *rest)
    return ()

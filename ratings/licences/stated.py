"""From the facts of an artifact to what they say about its licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ratings.licences.declared.expression import normalise
from ratings.licences.detection.detect import detect, licence_paths
from ratings.licences.findings import LicenceFindings, assess

if TYPE_CHECKING:
    from artifacts.facts import Facts

MAXIMUM_TEXT = 1_000_000  # characters


def findings_of(facts: Facts) -> LicenceFindings:
    """What the facts declare and hold of a licence, weighed against each other."""
    card = facts.card
    declared = normalise(
        card.get("license") or facts.metadata_license,
        name=str(card.get("license_name") or ""),
        link=str(card.get("license_link") or ""),
    )
    texts = {path: facts.documents[path] for path in licence_paths(facts.documents)}
    if facts.readme:
        texts[facts.readme_path or "README.md"] = facts.readme
    found = [one for path, text in texts.items() for one in detect(text[:MAXIMUM_TEXT], path)]
    return assess(declared, found, looked_at=list(texts))

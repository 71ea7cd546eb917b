"""What licences permit, each fact with a source."""

from __future__ import annotations

import pytest

from ratings.licences import permissions
from ratings.licences.declared import names


@pytest.mark.parametrize(
    ("expression", "category", "fine_tuning", "commercial", "copyleft"),
    [
        ("MIT", "permissive", True, True, "none"),
        ("CC0-1.0", "public-domain", True, True, "none"),
        ("LGPL-2.1-only", "weak-copyleft", True, True, "weak"),
        ("GPL-3.0-only", "copyleft", True, True, "strong"),
        ("AGPL-3.0-or-later", "network-copyleft", True, True, "network"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "weak-copyleft", True, True, "weak"),
        ("CC-BY-SA-4.0", "share-alike", True, True, "share-alike"),
        ("CC-BY-NC-4.0", "non-commercial", True, False, "none"),
        ("CC-BY-ND-4.0", "no-derivatives", False, True, "terms-travel"),
        ("CC-BY-NC-ND-3.0", "no-derivatives", False, False, "terms-travel"),
        ("LicenseRef-llama3.1", "community", True, True, "terms-travel"),
        ("LicenseRef-openrail", "use-restricted", True, True, "terms-travel"),
        ("ODbL-1.0", "share-alike", True, True, "share-alike"),
        ("LicenseRef-proprietary", "proprietary", False, False, "terms-travel"),
        ("LicenseRef-nobody-knows", "unknown", None, None, ""),
        ("", "unknown", None, None, ""),
        ("(", "unknown", None, None, ""),
        ("MIT OR GPL-3.0-only", "permissive", True, True, "none"),
        ("Apache-2.0 AND CC-BY-NC-4.0", "non-commercial", True, False, "none"),
        ("MIT AND LicenseRef-nobody-knows", "unknown", None, None, ""),
    ],
)
def test_what_is_permitted(expression, category, fine_tuning, commercial, copyleft):
    found = permissions(expression)
    assert (found.category, found.fine_tuning, found.commercial, found.copyleft) == (
        category,
        fine_tuning,
        commercial,
        copyleft,
    )


def kinds(expression: str) -> set[str]:
    return {each.kind for each in permissions(expression).obligations}


def test_llama_asks_for_its_name_and_a_threshold():
    assert {"naming", "user-threshold", "acceptable-use"} <= kinds("LicenseRef-llama3.1")
    texts = [each.text for each in permissions("LicenseRef-llama3.1").obligations]
    assert any("Built with Llama" in text for text in texts)


def test_the_affero_licence_asks_for_source_over_a_network():
    assert {"source-disclosure", "network-clause"} <= kinds("AGPL-3.0-only")


def test_of_two_offered_licences_the_freer_one_is_chosen():
    assert permissions("GPL-3.0-only OR MIT").chosen == "MIT"


@pytest.mark.parametrize("licence", [*names.community(), "MIT", "CC-BY-4.0", "GPL-3.0-only"])
def test_every_fact_and_obligation_has_a_source(licence: str):
    found = permissions(licence)
    assert all(each.source.startswith(("http", "ScanCode")) for each in found.facts)
    assert all(each.source.startswith(("http", "ScanCode")) for each in found.obligations)

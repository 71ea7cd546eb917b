"""The model's licence comes in, the project's goes out: yes, no, or nobody knows."""

from __future__ import annotations

import pytest

from ratings.licences import compatible
from ratings.licences.compatibility import osadl, rules


@pytest.mark.parametrize(
    ("inbound", "outbound", "answer"),
    [
        ("GPL-3.0-only", "MIT", "no"),
        ("MIT", "GPL-3.0-only", "yes"),
        ("MIT OR GPL-3.0-only", "MIT", "yes"),
        ("MIT OR GPL-3.0-only", "GPL-3.0-only", "yes"),
        ("MIT AND GPL-3.0-only", "MIT", "no"),
        ("Apache-2.0 AND CC-BY-NC-4.0", "MIT", "no"),
        ("Apache-2.0 AND CC-BY-NC-4.0", "CC-BY-NC-4.0", "yes"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "MIT", "no"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", "yes"),
        ("GPL-3.0-only WITH GCC-exception-3.1", "GPL-3.0-only", "yes"),
        ("GPL-3.0-only WITH GCC-exception-3.1", "MIT", "unknown"),
        ("Apache-2.0", "GPL-2.0-only", "no"),
        ("Apache-2.0", "GPL-2.0-only OR GPL-3.0-only", "yes"),
        ("Apache-2.0", "GPL-2.0-only AND GPL-3.0-only", "no"),
        ("LicenseRef-gpl-family", "MIT", "no"),
        ("LicenseRef-bsd-family", "MIT", "yes"),
        ("CC0-1.0", "GPL-2.0-only", "yes"),
        ("CC-BY-4.0", "MIT", "yes"),
        ("CC-BY-4.0", "GPL-3.0-only", "yes"),
        ("CC-BY-4.0", "CC-BY-SA-4.0", "yes"),
        ("CC-BY-4.0", "CC-BY-3.0", "unknown"),
        ("CC-BY-2.0", "MIT", "unknown"),
        ("CC-BY-SA-4.0", "MIT", "no"),
        ("CC-BY-SA-4.0", "GPL-3.0-only", "yes"),
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", "no"),
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0", "yes"),
        ("CC-BY-SA-3.0", "GPL-3.0-only", "no"),
        ("CC-BY-NC-4.0", "MIT", "no"),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "yes"),
        ("CC-BY-NC-4.0", "CC-BY-4.0", "no"),
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", "no"),
        ("CC-BY-NC-ND-4.0", "LicenseRef-proprietary", "no"),
        ("GPL-3.0-only", "CC-BY-4.0", "no"),
        ("GPL-3.0-only", "LicenseRef-proprietary", "no"),
        ("MIT", "LicenseRef-proprietary", "yes"),
        ("MIT", "CC-BY-NC-4.0", "yes"),
        ("LicenseRef-proprietary", "MIT", "no"),
        ("LicenseRef-llama3.1", "MIT", "no"),
        ("LicenseRef-llama3.1", "GPL-3.0-only", "no"),
        ("LicenseRef-llama3.1", "LicenseRef-llama3.1", "yes"),
        ("LicenseRef-llama3.1", "LicenseRef-gemma", "unknown"),
        ("LicenseRef-gemma", "Apache-2.0", "no"),
        ("LicenseRef-bigscience-bloom-rail-1.0", "Apache-2.0", "no"),
        ("LicenseRef-openrail", "LicenseRef-openrail", "unknown"),
        ("LicenseRef-nvidia-open-model", "MIT", "unknown"),
        ("ODbL-1.0", "ODbL-1.0", "yes"),
        ("ODbL-1.0", "MIT", "unknown"),
        ("CDLA-Permissive-2.0", "MIT", "yes"),
        ("AGPL-3.0-only", "GPL-3.0-only", "unknown"),
        ("LicenseRef-nobody-knows", "MIT", "unknown"),
        ("MIT", "LicenseRef-nobody-knows", "unknown"),
        ("", "MIT", "unknown"),
        ("MIT", "", "unknown"),
        ("MIT AND", "MIT", "unknown"),
        ("MIT+", "MIT", "yes"),
        ("mit", "gpl-3.0", "yes"),
        ("gpl-2.0-only with classpath-exception-2.0", "mit", "no"),
    ],
)
def test_fine_tuning_for_a_project(inbound: str, outbound: str, answer: str):
    verdict = compatible(inbound, outbound)
    assert verdict.answer == answer, verdict
    assert verdict.is_compatible is (answer == "yes")
    assert verdict.reason
    assert verdict.rule


def test_every_yes_and_no_of_the_osadl_matrix_and_no_other_yes():
    known = agreed = invented = 0
    for outbound, row in osadl.matrix().items():
        for inbound, said in row.items():
            answer = compatible(inbound, outbound).answer
            known += said in osadl.ANSWERS
            agreed += osadl.ANSWERS.get(said) == answer
            invented += answer == "yes" and osadl.ANSWERS.get(said) != "yes"
    assert known > 11_000
    assert agreed / known >= 0.99
    assert invented == 0


def test_our_own_rules_never_permit_what_the_matrix_forbids():
    """The rules for what the matrix lacks, tried on what it has."""
    own = [rule for rule in rules.RULES["fine-tune+inference"] if "osadl" not in rule.__name__]
    for outbound, row in osadl.matrix().items():
        for inbound, said in row.items():
            if said != "No" or "WITH" in inbound + outbound:
                continue
            case = rules.Case(
                rules.spdx.Licence(inbound), rules.spdx.Licence(outbound), "fine-tune+inference"
            )
            found = next((pair for rule in own if (pair := rule(case))), None)
            assert found is None or found.answer != "yes", found


@pytest.mark.parametrize(
    ("inbound", "outbound", "use", "answer"),
    [
        ("GPL-3.0-only", "MIT", "inference", "yes"),
        ("LicenseRef-llama3.1", "MIT", "inference", "yes"),
        ("CC-BY-NC-4.0", "MIT", "inference", "no"),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "inference", "yes"),
        ("CDLA-Sharing-1.0", "MIT", "training", "yes"),
        ("C-UDA-1.0", "MIT", "training", "yes"),
        ("CC-BY-4.0", "MIT", "training", "yes"),
        ("CC-BY-NC-4.0", "MIT", "training", "unknown"),
        ("LicenseRef-proprietary", "MIT", "training", "no"),
    ],
)
def test_other_uses(inbound: str, outbound: str, use: str, answer: str):
    assert compatible(inbound, outbound, use=use).answer == answer


def test_a_no_leaves_nothing_to_do_and_a_yes_says_what():
    assert compatible("GPL-3.0-only", "MIT").obligations == ()
    assert {each.kind for each in compatible("MIT", "GPL-3.0-only").obligations} == {"notices"}


def test_the_chosen_alternative_is_named():
    verdict = compatible("MIT OR GPL-3.0-only", "GPL-2.0-only")
    assert (verdict.inbound, verdict.rule) == ("MIT", "osadl-matrix")
    assert "OSADL" in verdict.source


def test_expressions_with_endless_alternatives_are_not_tried_out():
    endless = " AND ".join(["(MIT OR ISC)"] * 12)
    assert compatible(endless, "MIT").answer in ("yes", "unknown")
    endless = " AND ".join(f"(MIT OR LicenseRef-{number})" for number in range(12))
    assert compatible(endless, "MIT").rule == "too-many-alternatives"

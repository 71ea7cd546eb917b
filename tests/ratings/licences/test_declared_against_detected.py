"""A card says one thing, the files another: both are kept, and what follows is written down."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from ratings.licences import assess, detect, normalise

MIT = (Path(__file__).resolve().parents[3] / "LICENSE").read_text()


def codes(findings) -> dict[str, str]:
    return {each.code: each.severity for each in findings.findings}


def test_agreement_is_certain_and_quiet():
    found = assess(normalise("mit"), detect(MIT, "LICENSE"))
    assert (found.expression, found.confidence, found.has_text) == ("MIT", 1.0, True)
    assert found.findings == ()


def test_a_text_that_contradicts_the_card_is_shown_with_its_place():
    found = assess(normalise("apache-2.0"), detect(MIT, "LICENSE"))
    assert found.has_contradiction
    assert found.expression == "Apache-2.0 AND MIT"
    (finding,) = found.findings
    assert (finding.code, finding.path, finding.line) == ("text_contradicts", "LICENSE", 3)


def test_only_and_or_later_do_not_contradict_each_other():
    detections = detect("SPDX-License-Identifier: GPL-3.0-or-later\n", "LICENSE")
    found = assess(normalise("gpl-3.0"), detections)
    assert not found.has_contradiction
    assert found.expression == "GPL-3.0-only"


def test_a_text_makes_a_family_exact():
    detections = detect("SPDX-License-Identifier: BSD-3-Clause\n", "LICENSE")
    found = assess(normalise("bsd"), detections)
    assert (found.expression, found.has_contradiction) == ("BSD-3-Clause", False)


def test_declared_without_a_text():
    found = assess(normalise("mit"), [])
    assert codes(found) == {"declared_without_text": "info"}
    assert (found.expression, found.has_text) == ("MIT", False)


def test_a_text_without_a_declaration():
    found = assess(normalise(None), detect(MIT, "LICENSE"))
    assert (found.expression, codes(found)) == ("MIT", {"not_declared": "info"})


def test_nothing_is_stated_after_looking_everywhere():
    found = assess(normalise(None), [], looked_at=["README.md", "LICENSE"])
    assert (found.expression, found.is_stated) == ("", False)
    (finding,) = found.findings
    assert finding.code == "nothing_stated"
    assert "README.md, LICENSE" in finding.message


def test_a_file_that_could_not_be_read_is_not_nothing():
    found = assess(normalise(None), [], unreadable=["LICENSE"])
    assert codes(found) == {"unreadable": "warning"}


def test_an_altered_text_is_reported_and_does_not_count():
    detections = detect(MIT + "\nNot for commercial use.\n", "LICENSE")
    found = assess(normalise("mit"), detections)
    assert codes(found) == {"altered_text": "warning"}


def test_a_readme_that_differs_is_a_warning():
    detections = detect(
        "## License\n\nThis model is under the CC BY-NC 4.0 license.\n", "README.md"
    )
    found = assess(normalise("apache-2.0"), detections)
    assert codes(found)["prose_differs"] == "warning"
    assert found.expression == "Apache-2.0"


def test_the_texts_of_others_do_not_speak_for_the_artifact():
    for path in ("NOTICE", "THIRD_PARTY_LICENSES.txt", "pkg/LICENSE"):
        found = assess(normalise("apache-2.0"), detect(MIT, path))
        assert found.expression == "Apache-2.0", path
        assert not found.has_contradiction


def test_findings_become_json():
    found = assess(normalise("apache-2.0"), detect(MIT, "LICENSE"), looked_at=["LICENSE"])
    kept = json.loads(json.dumps(asdict(found)))
    assert [each["severity"] for each in kept["findings"]] == ["contradiction"]

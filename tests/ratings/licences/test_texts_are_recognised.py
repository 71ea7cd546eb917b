"""Licence texts: the right name, or none."""

from __future__ import annotations

import gzip
import importlib.metadata
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from ratings.licences import detect, licence_paths
from ratings.licences.declared.agreement import agree
from ratings.licences.declared.spdx import family
from tests.ratings.licences.corpus import needs_corpus, rows

LICENSE = (Path(__file__).resolve().parents[3] / "LICENSE").read_text()
DEBIAN = Path("/usr/share/common-licenses")
GNU = ["GPL-1.0", "GPL-2.0", "GPL-3.0", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0", "AGPL-1.0", "AGPL-3.0"]
RIDER = "\nThe Software may not be used for commercial purposes.\n"


def certain(text: str, path: str = "LICENSE") -> list[str]:
    return [each.spdx for each in detect(text, path) if each.is_certain]


def template(licence: str) -> str:
    """The text of a licence as licenseclassifier's own pattern gives it."""
    data = (files("licenseclassifier") / "_engine" / "licenses.json.gz").read_bytes()
    patterns = [e["lre"] for e in json.loads(gzip.decompress(data)) if e["id"] == licence]
    text = re.sub(r"//\*\*.*?\*\*//", "", max(patterns, key=len), flags=re.DOTALL)
    return re.sub(r"\(\(|\)\)\?{0,2}|\|\||__\d+__", " ", text)


def test_our_own_licence_is_found_with_its_lines():
    (found,) = detect(LICENSE, "LICENSE")
    assert (found.spdx, found.is_certain, found.path) == ("MIT", True, "LICENSE")
    lines = LICENSE.splitlines()
    assert "Permission is hereby granted" in "\n".join(lines[found.first_line - 1 :])
    assert found.last_line == len(lines)


@pytest.mark.parametrize("licence", GNU)
def test_one_gnu_text_is_never_taken_for_another(licence: str):
    found = {family(each.spdx) for each in detect(template(licence), "COPYING")}
    assert found == {licence}


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="not a Debian system")
@pytest.mark.parametrize("name", ["GPL-2", "GPL-3", "LGPL-2", "LGPL-2.1", "LGPL-3"])
def test_gnu_texts_as_distributed(name: str):
    expected = name if "." in name else f"{name}.0"
    assert certain((DEBIAN / name).read_text(), "COPYING") == [f"{expected}-only"]


def test_a_rider_makes_it_another_licence():
    (found, *_) = detect(LICENSE + RIDER, "LICENSE")
    assert found.spdx == "MIT"
    assert not found.is_certain
    assert "commercial" in found.note


def test_a_rider_in_front_counts_as_well():
    assert certain("For research purposes only.\n\n" + LICENSE) == []


def test_a_title_that_says_modified_is_believed():
    assert certain(LICENSE.replace("MIT License", "Modified MIT License")) == []


def test_a_condition_inside_the_text_is_seen():
    changed = LICENSE.replace("any person obtaining", "any natural person not employed obtaining")
    assert certain(changed) == []


def test_the_line_endings_of_windows_change_nothing():
    assert certain(LICENSE.replace("\n", "\r\n")) == ["MIT"]


def test_a_community_licence_is_known_by_its_title_with_less_confidence():
    title = "META LLAMA 3 COMMUNITY LICENSE AGREEMENT\nRelease Date: April 18, 2024\n"
    (found,) = detect(title + "some terms of our own\n" * 40, "LICENSE")
    assert (found.spdx, found.method, found.is_certain) == ("LicenseRef-llama3", "title", False)


def test_an_adapted_community_licence_is_not_the_licence():
    title = "META LLAMA 3 COMMUNITY LICENSE AGREEMENT - Adapted For Our Tools\n"
    assert detect(title + "some terms of our own\n" * 40, "LICENSE") == []


@pytest.mark.parametrize(
    ("title", "licence"),
    [
        ("LLAMA 2 COMMUNITY LICENSE AGREEMENT", "LicenseRef-llama2"),
        ("**LLAMA 3.3 COMMUNITY LICENSE AGREEMENT**", "LicenseRef-llama3.3"),
        ("# Gemma Terms of Use", "LicenseRef-gemma"),
        ("CreativeML Open RAIL-M\ndated August 22, 2022", "LicenseRef-creativeml-openrail-m"),
        ("CreativeML Open RAIL++-M License", "LicenseRef-creativeml-openrail-pp-m"),
        ("BigCode Open RAIL-M v1 License Agreement", "LicenseRef-bigcode-openrail-m"),
        ("DEEPSEEK LICENSE AGREEMENT\nVersion 1.0", "LicenseRef-deepseek"),
        ("FLUX.1 [dev] Non-Commercial License", "LicenseRef-flux-1-dev-non-commercial"),
    ],
)
def test_titles_of_ai_licences(title: str, licence: str):
    found = detect(f"{title}\n\nTerms follow here.\n", "LICENSE.md")
    assert [each.spdx for each in found] == [licence]


def test_a_tag_above_its_text_leaves_it_a_text():
    found = detect(f"SPDX-License-Identifier: MIT\n\n{LICENSE}", "LICENSE")
    assert [(each.spdx, each.is_text, each.is_certain) for each in found] == [("MIT", True, True)]


def test_a_tag_is_certain_but_a_quoted_one_is_not():
    assert certain("// SPDX-License-Identifier: Apache-2.0\n") == ["Apache-2.0"]
    quoted = "Write one of\n SPDX-License-Identifier: MIT\n SPDX-License-Identifier: ISC\n"
    assert certain(quoted) == []


def test_an_empty_file_holds_nothing():
    assert detect(" \n", "LICENSE") == []


def test_the_licence_files_of_a_repository_come_root_first():
    paths = (
        "model.safetensors sub/LICENSE LICENSE COPYING.LESSER MODEL_LICENSE NOTICE.txt"
        " LICENSES/MIT.txt src/license.py licenses.json third_party/x/LICENSE README.md"
    ).split()
    assert licence_paths([*paths, "license_" * 5000]) == (
        "COPYING.LESSER LICENSE MODEL_LICENSE NOTICE.txt LICENSES/MIT.txt sub/LICENSE".split()
    )


def test_installed_packages_agree_with_their_own_metadata():
    """Every package that states one SPDX id, against the files it ships."""
    seen = wrong = 0
    for package in importlib.metadata.distributions():
        stated = package.metadata.get("License-Expression") or ""
        if not stated or " " in stated:
            continue
        for path in package.files or []:
            text = path.locate() if ".dist-info/licenses/" in str(path) else None
            if text is None or path.suffix not in ("", ".txt", ".md") or "NOTICE" in path.name:
                continue
            for licence in certain(Path(text).read_text(errors="replace")):
                seen += 1
                wrong += not agree(licence, stated)
    assert seen > 20
    assert wrong == 0


@needs_corpus
def test_the_corpus_of_licence_files():
    """At least 85 % right, and at least 98 % of the answers right."""
    right = wrong = 0
    files_with_labels = rows("license_files.jsonl.gz")
    for row in files_with_labels:
        answer = certain(row["text"])
        right += answer == row["expected_spdx"]
        wrong += bool(answer) and answer != row["expected_spdx"]
    assert right / len(files_with_labels) >= 0.85
    assert right / (right + wrong) >= 0.98

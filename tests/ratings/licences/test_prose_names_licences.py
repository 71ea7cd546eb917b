"""READMEs and notices: what they say of a licence, with a line and a measure of doubt."""

from __future__ import annotations

import pytest

from ratings.licences import detect


def best(text: str, path: str = "README.md"):
    return next(iter(detect(text, path)), None)


@pytest.mark.parametrize(
    ("text", "licence", "line"),
    [
        ("# X\n\n## License\n\nMIT\n", "MIT", 5),
        ("# X\n\n## Licence\n\nReleased under the Apache License 2.0.\n", "Apache-2.0", 5),
        ("License\n=======\n\nGPLv3 or later\n", "GPL-3.0-or-later", 4),
        ("## License\n\n[BSD](https://opensource.org/licenses/BSD-3-Clause)\n", "BSD-3-Clause", 3),
        ("![l](https://img.shields.io/badge/License-Apache%202.0-blue.svg)\n", "Apache-2.0", 1),
        ("The model is licensed under the CC BY-NC 4.0 license.\n", "CC-BY-NC-4.0", 1),
        ("This work is governed by the Llama 2 Community License.\n", "LicenseRef-llama2", 1),
    ],
)
def test_places_where_a_readme_states_it(text: str, licence: str, line: int):
    found = best(text)
    assert (found.spdx, found.first_line) == (licence, line)
    assert not found.is_certain


@pytest.mark.parametrize(
    "text",
    [
        "---\nlicense: mit\n---\n# X\n",
        "```\nThis code is licensed under the MIT license.\n```\n",
        "He studied at MIT, and the license of the car was revoked.\n",
        "We compare with Llama 2 and Gemma under a license to drive.\n",
        "# Contributing\n\nSign the Contributor License Agreement.\n",
    ],
)
def test_words_that_grant_nothing(text: str):
    assert detect(text, "README.md") == []


def test_a_denial_is_a_weak_hint():
    assert best("## License\n\nThis is no longer under the MIT license.\n").confidence < 0.5


def test_several_licences_in_one_section_are_all_doubtful():
    text = "## License\n\nApache-2.0 for one half.\n\nGPL-3.0 for the other half.\n"
    assert {each.spdx for each in detect(text, "README.md")} == {"Apache-2.0", "GPL-3.0-only"}
    assert all(each.confidence <= 0.6 for each in detect(text, "README.md"))


def test_the_licence_of_the_data_is_not_that_of_the_model():
    assert best("The dataset is licensed under the CC BY 4.0 license.\n").confidence < 0.7


def test_a_notice_names_what_it_was_built_with():
    text = "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta.\n"
    assert best(text, "Notice.txt").spdx == "LicenseRef-llama3.1"


@pytest.mark.parametrize(
    "text",
    ["\n" * 500_000, "MIT " * 250_000, "# a" + " " * 500_000 + "b", "*" * 500_000,
     "SPDX-License-Identifier: MIT\n" * 30_000, "img.shields.io/badge/" + "license" * 100_000],
)  # fmt: skip
def test_hostile_texts_are_read_in_bounded_time(text: str):
    for path in ("LICENSE", "README.md"):
        assert len(detect(text, path)) <= 50

"""A text near a licence is never that licence, wherever its own words are put."""

from __future__ import annotations

import re
import time
from importlib.metadata import files

import pytest

from ratings.licences import (
    LicenceFindings,
    assess,
    compatible,
    detect,
    normalise,
    permissions,
)
from ratings.licences.terms.stricter import OWN_TERMS
from tests.ratings.licences.corpus import FOLDER, needs_corpus
from tests.ratings.licences.riders import (
    ALTERED,
    APACHE,
    CC_BY,
    COMMONS_CLAUSE,
    MIT,
    PLACES,
    WORDINGS,
)
from tests.ratings.licences.test_texts_are_recognised import template


def certain(text: str, path: str = "LICENSE") -> list[str]:
    return [each.spdx for each in detect(text, path) if each.is_certain]


def beside(declared: str | None, text: str, path: str = "LICENSE") -> LicenceFindings:
    return assess(normalise(declared), detect(text, path))


class TestWordsOfItsOwn:
    @pytest.mark.parametrize("place", PLACES)
    def test_are_seen_in_every_place(self, place):
        for words in WORDINGS:
            found = detect(PLACES[place](words), "LICENSE")
            assert not any(each.is_certain for each in found), words
            assert any(each.is_altered for each in found), words

    @pytest.mark.parametrize("kind", ALTERED)
    def test_are_seen_where_the_licence_was_changed(self, kind):
        found = detect(ALTERED[kind], "LICENSE")
        assert not any(each.is_certain for each in found)
        assert any(each.is_altered for each in found)

    @pytest.mark.parametrize(
        "words",
        [
            "Academic license",
            "PERSONAL USE EDITION",
            "FOR RESEARCH",
            "This is a modified MIT licence.",
            "By using this you agree to the Acme Terms of Service.",
            "See the acceptable use policy in POLICY.md",
            "If you do not agree to pay for commercial use, it is not for you.",
            "Licensed under MIT for individuals",
            "Available to researchers under the MIT license",
            "Derived from work of Acme who wants a share of income",
            "केवल गैर-व्यावसायिक उपयोग",
            "\uff2e\uff4f\uff4e-\uff43ommercial",  # letters of full width
            "Us\u0435 \u043enly",  # letters of another script that look like plain ones
        ],
    )
    def test_are_seen_where_they_look_like_a_title_or_an_origin(self, words):
        for text in (f"{words}\n\n{MIT}", f"{MIT}\n{words}\n"):
            assert beside("mit", text).has_own_terms

    @pytest.mark.parametrize(
        "words",
        ["Solo para investigación.", "Sadece ticari olmayan kullanım içindir.", "MIT-like License"],
    )
    def test_are_seen_behind_the_name_of_a_holder(self, words):
        assert beside("mit", f"Copyright (c) 2023 Acme {words}\n{MIT}").has_own_terms

    def test_are_quoted_with_their_line(self):
        (found,) = detect(f"{MIT}\nSelling it is off limits.\n", "LICENSE")
        assert found.quote == "Selling it is off limits."
        assert found.quote_line == MIT.count("\n") + 2
        assert found.is_restricting

    def test_inside_a_sentence_are_quoted_with_what_is_around_them(self):
        (found,) = detect(ALTERED["only for some persons"], "LICENSE")
        assert "to any academic person obtaining" in found.quote

    def test_what_is_missing_is_said(self):
        (found,) = detect(ALTERED["sell is gone"], "LICENSE")
        assert "sell” is missing" in found.quote

    def test_a_tag_in_the_same_file_does_not_outweigh_them(self):
        text = f"SPDX-License-Identifier: MIT\n\n{MIT}\nOnly for tests.\n"
        assert certain(text) == []
        assert OWN_TERMS in beside("mit", text).expression

    @needs_corpus
    def test_the_riders_of_the_corpus(self):
        for path in (FOLDER / "licence_riders").iterdir():
            assert certain(path.read_text()) == [], path.name


class TestWhatStaysWhatItIs:
    """Words that stand beside nearly every licence."""

    @pytest.mark.parametrize(
        ("text", "licence"),
        [
            (APACHE.replace("[yyyy] [name of copyright owner]", "2024 Acme"), "Apache-2.0"),
            (f"Copyright 2024 The Acme team. All rights reserved.\n\n{APACHE}", "Apache-2.0"),
            (f"{APACHE}\n\nThis product includes software developed at Acme.\n", "Apache-2.0"),
            (f"Acme Toolkit\n\n{APACHE}", "Apache-2.0"),
            (f"{MIT}\nCopyright (c) 2020-2024 Acme GmbH and contributors\n", "MIT"),
            (f"# The MIT License (MIT)\n\n{MIT.split(chr(10), 1)[1]}", "MIT"),
            (f"SPDX-License-Identifier: MIT\n\n{MIT}", "MIT"),
            (f"https://opensource.org/licenses/MIT\n\n{MIT}", "MIT"),
            (f"acme-tools is released under the MIT License:\n\n{MIT}", "MIT"),
            (f"{MIT}\nSee the AUTHORS file for details.\n", "MIT"),
            (re.sub("Copyright .*", "Copyright (c) 2019 Zoë Müller <z@m.example>", MIT), "MIT"),
            (MIT.replace("\n", "\r\n"), "MIT"),
            (re.sub("Copyright .*", "Copyright (c) 2024 Non-Profit Acme Foundation", MIT), "MIT"),
            (f"Acme: Attention Is All You Need Again\n\n{MIT}", "MIT"),
            (f"The Acme Project is under the Apache License v2.0:\n\n{APACHE}", "Apache-2.0"),
            (
                f"To view a copy of this license, visit http://creativecommons.org/licenses/by/4.0/\n\n{CC_BY}",
                "CC-BY-4.0",
            ),
        ],
    )
    def test_is_certain(self, text, licence):
        assert certain(text) == [licence]

    @pytest.mark.parametrize(
        ("package", "licence"),
        [
            ("attrs", "MIT"),
            ("django", "BSD-3-Clause"),
            ("django-filter", "BSD-3-Clause"),
            ("pluggy", "MIT"),
            ("requests", "Apache-2.0"),
        ],
    )
    def test_is_certain_as_real_packages_ship_it(self, package, licence):
        (path,) = [
            each
            for each in files(package) or []
            if each.name == "LICENSE" and "dist-info" in str(each)
        ]
        assert certain(path.read_text()) == [licence]


class TestCreativeCommons:
    """The six licences differ in their clauses; one text is here, the others are on the table."""

    @pytest.mark.parametrize(
        "printed",
        [
            CC_BY,
            CC_BY.replace("\n", "\r\n"),
            f"Copyright 2024 Acme\n\n{CC_BY}",
            CC_BY[CC_BY.index("Creative Commons Attribution 4.0 International Public") :],
            "# "
            + CC_BY.replace("Section 1", "## Section 1").replace("Using Creat", "## Using Creat"),
            re.sub(r"(?<=\S)\n(?=\S)", " ", CC_BY),
        ],
        ids=["legalcode", "windows", "notice", "no preamble", "markdown", "unwrapped"],
    )
    def test_is_certain_however_it_is_printed(self, printed):
        assert certain(printed) == ["CC-BY-4.0"]

    @pytest.mark.parametrize(
        ("licence", "clauses"),
        [
            ("CC-BY-SA-4.0", "ShareAlike"),
            ("CC-BY-NC-4.0", "NonCommercial"),
            ("CC-BY-ND-4.0", "NoDerivatives"),
            ("CC-BY-NC-SA-4.0", "NonCommercial-ShareAlike"),
            ("CC-BY-NC-ND-4.0", "NonCommercial-NoDerivatives"),
        ],
    )
    def test_the_others_have_the_same_words_around_their_own(self, licence, clauses):
        begin = CC_BY[: CC_BY.index("Creative Commons Attribution 4.0 International Public")]
        end = CC_BY[CC_BY.index("Creative Commons is not a party") :]
        title = begin.replace("Attribution 4.0", f"Attribution-{clauses} 4.0")
        text = f"{title}{template(licence)}\n\n{end}"
        assert certain(text) == [licence]
        assert certain(f"{text}\nNot for sale.\n") == []


class TestBesideADeclaration:
    RIDER = f"{MIT}\nSelling it is off limits.\n"

    def test_of_its_name_it_is_that_licence_with_terms_of_its_own(self):
        found = beside("mit", self.RIDER)
        assert found.expression == "MIT AND LicenseRef-terms-of-its-own"
        assert found.name == "MIT, with terms of its own"
        assert found.findings[0].code == "altered_text"
        assert "Selling it is off limits." in found.findings[0].message
        assert not permissions(found.expression).is_known
        assert normalise(found.expression).expression == found.expression

    def test_of_another_it_is_a_contradiction(self):
        found = beside("apache-2.0", self.RIDER)
        assert found.expression == "Apache-2.0 AND MIT AND LicenseRef-terms-of-its-own"
        assert found.has_contradiction
        assert found.findings[0].code == "text_contradicts"

    def test_of_nothing_it_is_unknown_in_words(self):
        found = beside(None, self.RIDER)
        assert (found.expression, found.confidence) == ("", 0.0)
        assert "LICENSE is near MIT, but has words of its own" in found.reason

    def test_a_choice_stays_one_choice(self):
        found = beside("MIT OR Apache-2.0", self.RIDER)
        assert found.expression == "(MIT OR Apache-2.0) AND LicenseRef-terms-of-its-own"
        assert compatible(found.expression, "MIT").answer == "unknown"

    def test_in_the_folder_of_reuse_it_counts_as_well(self):
        found = assess(normalise("mit"), detect(self.RIDER, "LICENSES/MIT.txt"))
        assert found.has_own_terms

    @pytest.mark.parametrize(
        "path", ["LICENSE-CODE", "MODEL_LICENSE", "LICENSE.data.txt", "NOTICE", "src/LICENSE"]
    )
    def test_a_part_at_most_warns_and_still_names(self, path):
        found = beside("mit", self.RIDER, path)
        assert (found.expression, found.is_contested) == ("MIT", False)
        assert not any(each.is_stricter for each in found.findings)
        assert beside(None, MIT, path).expression == "MIT"

    def test_several_texts_and_titles_at_most_warn(self):
        gemma = "Gemma Terms of Use\n\nTerms follow here.\n"
        for text in (f"{MIT}\n\n{APACHE}\nNot for sale.\n", gemma):
            found = beside("bsd-3-clause", text)
            assert not found.is_contested
            assert {each.code for each in found.findings} >= {"also_holds"}

    def test_a_readme_at_most_warns(self):
        found = beside("mit", "## License\n\nThis model is under CC BY-NC 4.0.\n", "README.md")
        assert not found.is_contested


class TestStricter:
    @pytest.mark.parametrize(
        ("declared", "text", "is_stricter"),
        [
            ("mit", f"{MIT}\nYou may not sell it.\n", True),
            ("mit", f"{MIT}\nAcme made it in a hurry and hopes for the best, as ever.\n", False),
            ("mit", COMMONS_CLAUSE + MIT, True),
            ("mit", APACHE, False),
            ("gpl-3.0", MIT, False),
            ("cc-by-nc-4.0", f"{CC_BY}\nNo commercial use.\n", False),
            ("cc-by-4.0", f"{CC_BY}\nNo commercial use.\n", True),
        ],
    )
    def test_is_what_takes_away_what_the_declaration_gives(self, declared, text, is_stricter):
        found = beside(declared, text)
        assert any(each.is_stricter for each in found.findings) is is_stricter

    @pytest.mark.parametrize(
        "words",
        [
            "Logo used with permission of Acme.",
            "Acme contains subcomponents with separate copyright notices and license terms.",
        ],
    )
    def test_is_nothing_that_only_says_what_it_is_about(self, words):
        found = beside("apache-2.0", f"{APACHE}\n{words}\n")
        assert not any(each.is_stricter for each in found.findings)

    def test_the_sentence_has_the_file_and_the_words(self):
        (finding,) = beside("mit", f"{MIT}\nYou may not sell it.\n").findings
        for words in ("LICENSE", "“You may not sell it.”", "permits commercial use"):
            assert words in finding.message


class TestTime:
    """Linear in the length of the text: CPU time, and only against itself."""

    @pytest.mark.parametrize(
        "filler",
        [
            "\n",
            "a ",
            "Copyright (c) 2024 a\n",
            "(c) ",
            "licensed under ",
            "— ",
            "((",
            "x.y ",
            "<a ",
        ],
    )
    def test_a_megabyte_is_read_in_a_moment(self, filler):
        detect(MIT, "LICENSE")
        started = time.process_time()
        detect(MIT + filler * (900_000 // len(filler)) + "\nNot for sale.\n", "LICENSE")
        assert time.process_time() - started < 20

"""What cards call licences, as SPDX expressions, never more precise than the card."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from ratings.licences import normalise
from tests.ratings.licences.corpus import needs_corpus, rows

# https://huggingface.co/docs/hub/repositories-licenses, without the two that name nothing
HUB = """apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m
bigscience-bloom-rail-1.0 bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause
bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0
cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0
cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2
agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c
ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 openmdw-1.1 openrail++ osl-3.0
postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license
fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4
grok2-community gemma""".split()


@pytest.mark.parametrize("identifier", HUB)
def test_every_id_that_the_hub_documents_has_an_expression(identifier: str):
    assert normalise(identifier).expression


@pytest.mark.parametrize("identifier", HUB)
def test_an_expression_means_itself(identifier: str):
    expression = normalise(identifier).expression
    assert normalise(expression).expression == expression


@pytest.mark.parametrize(
    ("stated", "expression"),
    [
        ("MIT", "MIT"),
        (["mit"], "MIT"),
        ("Apache License 2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("The MIT License", "MIT"),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("mit/apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-3.0", "GPL-3.0-only"),
        ("GPL-3.0+", "GPL-3.0-or-later"),
        ("GPLv2", "GPL-2.0-only"),
        ("GNU General Public License v3.0 or later", "GPL-3.0-or-later"),
        ("GNU Lesser General Public License v3", "LGPL-3.0-only"),
        ("GNU AGPLv3", "AGPL-3.0-only"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("CC BY-NC-SA 4.0", "CC-BY-NC-SA-4.0"),
        ("Creative Commons Attribution-NonCommercial 4.0 International", "CC-BY-NC-4.0"),
        ("llama3.1", "LicenseRef-llama3.1"),
        ("LicenseRef-scancode-llama-3.1-license-2024", "LicenseRef-llama3.1"),
        ("Llama 3.1 Community License", "LicenseRef-llama3.1"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        (["apache-2.0", "bsd-3-clause"], "Apache-2.0 AND BSD-3-Clause"),
        (["mit", "unknown"], "MIT AND LicenseRef-unknown"),
    ],
)
def test_names_in_many_forms(stated: object, expression: str):
    assert normalise(stated).expression == expression


@pytest.mark.parametrize(
    ("name", "link", "expression"),
    [
        ("deepseek", "", "LicenseRef-deepseek"),
        ("", "https://llama.meta.com/llama3/license/", "LicenseRef-llama3"),
        ("flux-1-dev-non-commercial-license", "", "LicenseRef-flux-1-dev-non-commercial"),
        ("tongyi-qianwen", "", "LicenseRef-tongyi-qianwen"),
        ("nobody-knows-this", "", "LicenseRef-nobody-knows-this"),
        ("", "", ""),
    ],
)
def test_other_is_named_by_its_name_or_its_link(name: str, link: str, expression: str):
    assert normalise("other", name=name, link=link).expression == expression


def test_a_name_and_a_link_to_different_licences_are_both_kept():
    declared = normalise("other", name="gemma", link="https://llama.meta.com/llama3/license/")
    assert declared.expression == "LicenseRef-gemma AND LicenseRef-llama3"
    assert not declared.is_known


@pytest.mark.parametrize("family", ["openrail", "cc", "bsd", "gpl", "lgpl", "gfdl", "CC-BY-NC"])
def test_a_family_never_becomes_one_of_its_licences(family: str):
    assert normalise(family).expression.startswith("LicenseRef-")


@pytest.mark.parametrize(
    "stated",
    [
        "Apache",
        "MPL",
        "Modified MIT",
        "mit AND nonsense",
        "MIT AND",
        "and MIT",
        "free",
        "see LICENSE",
        "x" * 10_000,
        "",
    ],
)
def test_what_could_mean_several_things_means_nothing(stated: str):
    declared = normalise(stated)
    assert (declared.expression, declared.is_known) == ("", False)
    assert declared.reason


@pytest.mark.parametrize("odd", [None, [], {}, {"id": "mit"}, [None], 3.0, True])
def test_fields_of_another_type_do_no_harm(odd: object):
    assert normalise(odd).expression == ""


def test_an_unknown_exception_makes_an_expression_unknown():
    assert not normalise("GPL-2.0-only WITH MIT").is_known


@needs_corpus
@pytest.mark.parametrize("kind", ["models", "datasets"])
def test_every_licence_in_the_cards_is_understood(kind: str):
    for row in rows(f"{kind}_cards.jsonl.gz"):
        front = re.match(r"---\s*\n(.*?)\n---", row["readme"], re.DOTALL)
        try:
            card = yaml.safe_load(front[1]) if front else None
        except yaml.YAMLError:
            continue
        stated = card.get("license") if isinstance(card, dict) else None
        if stated in (None, "other", "unknown", ["unknown"]):
            continue
        assert normalise(stated).expression, (row["id"], stated)


def test_importing_the_package_loads_nothing_heavy():
    program = (
        "import sys, ratings.licences\n"
        "heavy = ('numpy', 'license_expression', 'licenseclassifier')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

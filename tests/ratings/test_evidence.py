"""Every link in the evidence leads to something that is there, at the revision that was read."""

from __future__ import annotations

import re

import pytest

from artifacts import sources
from artifacts.facts import Facts
from ratings.measurements.measurement import Evidence
from ratings.scoring import measure_all

_LINK = re.compile(
    r"(?P<url>https://(?:huggingface\.co|github\.com)/(?:datasets/)?[\w.-]+/[\w.-]+)"
    r"(?:/(?P<page>blob|tree|commits?)/(?P<revision>[0-9a-f]{40})(?:/(?P<path>[^?#]+))?)?"
    r"(?:\?plain=1)?(?:#L(?P<line>\d+))?"
)

_PAPERS = ("https://arxiv.org/abs/", "https://doi.org/")


@pytest.fixture
def rated(outside):
    """The facts of a URL with what it names, and all of its evidence."""

    def run(url: str) -> tuple[dict[str, Facts], list[tuple[str, Evidence]]]:
        facts = sources.collect_linked(sources.collect(sources.recognise(url)))
        known = {one.url: one for one in (facts, *facts.linked)}
        evidence = [
            (name, item)
            for name, (answer, _) in measure_all(facts).items()
            for item in answer.evidence
        ]
        return known, evidence

    return run


@pytest.mark.parametrize("kind", ["model", "dataset", "code", "adapter", "gguf", "broken_card"])
def test_every_link_leads_somewhere(rated, demo_content, kind):
    made = getattr(demo_content, kind)
    known, evidence = rated(made.url)
    shas = {
        one.url: {commit.id for commit in one.repository.commits("main")}
        for one in (demo_content.code, made)
    }
    links = [(name, item.note, item.url) for name, item in evidence if item.url]
    assert links
    for name, note, url in links:
        if url.startswith(_PAPERS):
            continue
        match = _LINK.fullmatch(url)
        assert match, f"{name}: {note} <{url}>"
        target = known.get(match["url"])
        if match["page"] == "commit":
            assert match["revision"] in shas[match["url"]], url
        elif match["page"]:
            assert target is not None, url
            assert match["revision"] == target.revision
            if match["path"]:
                assert match["path"] in {file.path for file in target.files}, url
            if match["line"]:
                lines = (target.readme or "").count("\n") + 1
                assert 1 <= int(match["line"]) <= lines, url


@pytest.mark.parametrize("kind", ["undocumented", "broken_card"])
def test_what_is_bad_says_what_would_help(rated, demo_content, kind):
    _, evidence = rated(getattr(demo_content, kind).url)
    helped = {name for name, item in evidence if item.remedy}
    assert helped >= {"ramp_up_time", "performance_claims", "reproducibility"}


def test_measuring_again_gives_the_same(rated, demo_content):
    assert rated(demo_content.model.url) == rated(demo_content.model.url)

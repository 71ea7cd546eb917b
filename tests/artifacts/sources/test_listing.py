"""The files of an artifact are those of its tree, whatever its description lists."""

from __future__ import annotations

import pytest

from artifacts.sources.errors import SourceBroken
from tests.hub import faults as f

DESCRIPTION = "/api/models/fernwood/field-notes-tiny"
TREE = f"{DESCRIPTION}/tree/*"


def listing_only(keep) -> f.EditJson:
    """A description that lists some of its files; a tree is a list and stays as it is."""

    def edit(said):
        if isinstance(said, dict):
            said["siblings"] = [one for one in said["siblings"] if keep(one["rfilename"])]
        return said

    return f.EditJson(edit)


@pytest.mark.parametrize(
    "shortened",
    [
        pytest.param(listing_only(lambda name: name < "d"), id="the first few"),
        pytest.param(listing_only(lambda name: False), id="none"),
        pytest.param(listing_only(lambda name: "safetensors" not in name), id="no weights"),
        pytest.param(f.WithoutListing(), id="no list at all"),
        pytest.param(f.EditJson(lambda said: said), id="all of them"),
    ],
)
@pytest.mark.parametrize("page_size", [None, 3])
def test_a_description_that_is_cut_short_loses_nothing(
    collect, outside, demo_content, shortened, page_size
):
    outside.page_size = page_size
    outside.faults.add(f"{DESCRIPTION}*", shortened, times=1)
    facts = collect(demo_content.model.url)
    made = demo_content.model.files()
    assert {file.path: file.size_bytes for file in facts.files} == {
        path: len(data) for path, data in made.items()
    }


def test_what_the_description_adds_is_not_asked_for(collect, outside, demo_content):
    extra = f.EditJson(
        lambda said: (
            said | {"siblings": [{"rfilename": "ghost.bin"}]} if isinstance(said, dict) else said
        )
    )
    outside.faults.add(DESCRIPTION, extra)
    facts = collect(demo_content.model.url)
    assert "ghost.bin" not in {file.path for file in facts.files}
    assert outside.count("*ghost.bin") == 0


def test_the_list_is_asked_for_at_the_pinned_commit(collect, outside, demo_content):
    facts = collect(demo_content.model.url)
    assert {request.path for request in outside.seen(TREE)} == {
        f"{DESCRIPTION}/tree/{facts.revision}"
    }
    assert all(request.query("recursive") == "true" for request in outside.seen(TREE))


def test_what_is_neither_file_nor_folder_is_said(collect, outside, demo_content):
    link = {"type": "commit", "path": "vendor/other", "oid": "0" * 40, "size": 0}
    outside.faults.add(TREE, f.EditJson(lambda page: [*page, link]))
    facts = collect(demo_content.model.url)
    assert "1 entry that is no file left out: vendor/other" in facts.notes


@pytest.mark.parametrize(
    "page",
    [[{}], [{"type": "file"}], ["README.md"], [None], [{"type": "file", "path": 7, "size": 1}]],
)
def test_a_list_that_is_none_is_refused_in_words(collect, outside, demo_content, page):
    outside.faults.add(TREE, f.EditJson(lambda said: page))
    with pytest.raises(SourceBroken, match=r"^Hugging Face"):
        collect(demo_content.model.url)

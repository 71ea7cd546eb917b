"""The files of an artifact are those of its tree, whatever its description lists."""

from __future__ import annotations

import hashlib

import pytest

from artifacts import sources
from artifacts.sources.errors import SourceBroken, SourceTooLarge
from artifacts.sources.registered import source_named
from tests.hub import faults as f
from tests.hub.exchange import json_reply

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


@pytest.mark.parametrize("path", ["vendor\0", "vendor\ud800", "ünï"])
def test_an_odd_name_is_said_in_letters_that_any_database_holds(
    collect, outside, demo_content, path
):
    link = {"type": "commit", "path": path}
    outside.faults.add(TREE, f.EditJson(lambda page: [*page, link]))
    (note,) = collect(demo_content.model.url).notes
    assert note.isascii()
    assert note.isprintable()


class Pages(f.Fault):
    """Lists ``count`` files, a few on each page."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size = count, size

    def answer(self, hub, request):
        start = int(request.query("cursor") or 0)
        end = start + self.size
        names = [f"part-{number:05}.txt" for number in range(start, min(end, self.count))]
        page = [{"type": "file", "path": n, "oid": "0" * 40, "size": 1} for n in names]
        following = f'<?recursive=true&cursor={end}>; rel="next"'
        return json_reply(page, headers={"Link": following} if end <= self.count else {})


def listed(made):
    with source_named("huggingface").client().pinned(sources.recognise(made.url), "") as (facts, _):
        return facts.files


def test_a_hub_may_put_few_files_on_a_page(outside, demo_content):
    outside.faults.add(TREE, Pages(1_000, size=4))
    assert len(listed(demo_content.model)) == 1_000


def test_a_list_without_an_end_is_refused(outside, settings, demo_content):
    settings.SOURCE_MAX_FILES = 10
    outside.faults.add(TREE, Pages(100_000, size=10))
    with pytest.raises(SourceTooLarge):
        listed(demo_content.model)
    assert outside.count(TREE) == 5


class TestWhatIsKeptWithLfs:
    @pytest.fixture
    def kept(self, outside, demo_content):
        """The large files as they are listed after a hub said it in its own way."""

        def change(edit):
            def of_page(page):
                for entry in page:
                    if "lfs" in entry:
                        edit(entry)
                return page

            outside.faults.add(TREE, f.EditJson(of_page))
            files = {file.path: file for file in listed(demo_content.model) if file.is_lfs}
            made = demo_content.model.files()
            assert files
            for path, file in files.items():
                assert file.size_bytes == len(made[path])
                assert file.sha256 == hashlib.sha256(made[path]).hexdigest()

        return change

    @pytest.mark.parametrize(
        "edit",
        [
            pytest.param(lambda entry: entry.update(size=133), id="the pointer's size"),
            pytest.param(lambda entry: entry.pop("size"), id="one size"),
            pytest.param(lambda entry: entry["lfs"].pop("size"), id="the other size"),
            pytest.param(lambda entry: entry["lfs"].pop("pointerSize"), id="no pointer"),
            pytest.param(
                lambda entry: entry["lfs"].update(oid=f"sha256:{entry['lfs']['oid']}"), id="prefix"
            ),
            pytest.param(
                lambda entry: entry["lfs"].update(oid=entry["lfs"]["oid"].upper()), id="upper case"
            ),
        ],
    )
    def test_is_the_same_in_each_spelling(self, kept, edit):
        kept(edit)

    @pytest.mark.parametrize("oid", ["", "0" * 63, "sha1:" + "0" * 40, None, 7])
    def test_without_a_digest_is_refused(self, kept, oid):
        with pytest.raises(SourceBroken, match=r"no digest of model-00001-of-00002.safetensors"):
            kept(lambda entry: entry["lfs"].update(oid=oid))


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

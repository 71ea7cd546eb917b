"""A pasted URL contributes an owner, a name and a revision, never a host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.sources import Place, recognise
from artifacts.sources.errors import UnrecognisedUrl

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "hostile_urls.jsonl"
HF, GH = "https://huggingface.co", "https://github.com"


@pytest.mark.parametrize(
    ("pasted", "url", "type", "revision"),
    [
        (f"{HF}/gpt2", f"{HF}/gpt2", "model", ""),
        (f"{HF}/google-bert/bert-base-uncased", f"{HF}/google-bert/bert-base-uncased", "model", ""),
        ("HTTPS://HuggingFace.co/gpt2", f"{HF}/gpt2", "model", ""),
        ("https://huggingface.co:443/gpt2/", f"{HF}/gpt2", "model", ""),
        ("https://hf.co/gpt2", f"{HF}/gpt2", "model", ""),
        ("https://www.huggingface.co/gpt2.git", f"{HF}/gpt2", "model", ""),
        (f"  {HF}/a/b\n", f"{HF}/a/b", "model", ""),
        (f"{HF}/a/b/tree/main?x=1#frag", f"{HF}/a/b", "model", "main"),
        (f"{HF}/gpt2/tree/main/onnx", f"{HF}/gpt2", "model", "main"),
        (f"{HF}/a/b/tree/refs%2Fpr%2F1", f"{HF}/a/b", "model", "refs/pr/1"),
        (f"{HF}/a/b/tree/refs/pr/1/folder", f"{HF}/a/b", "model", "refs/pr/1"),
        (f"{HF}/a/b?x=../../etc#/../..", f"{HF}/a/b", "model", ""),
        (f"{HF}/datasets/squad", f"{HF}/datasets/squad", "dataset", ""),
        (f"{HF}/datasets/squad/tree/v1.0", f"{HF}/datasets/squad", "dataset", "v1.0"),
        (f"{HF}/datasets/rajpurkar/squad/", f"{HF}/datasets/rajpurkar/squad", "dataset", ""),
        (f"{GH}/google-research/bert.git", f"{GH}/google-research/bert", "code", ""),
        ("https://www.github.com/pallets/flask", f"{GH}/pallets/flask", "code", ""),
        (f"{GH}/a/b/tree/feature/x", f"{GH}/a/b", "code", "feature/x"),
        (f"{GH}/a/.github", f"{GH}/a/.github", "code", ""),
    ],
)
def test_every_usual_spelling_gives_the_canonical_address(pasted, url, type, revision):
    place = recognise(pasted)
    assert (place.url, place.type, place.revision) == (url, type, revision)
    assert place.name == url.rsplit("/", 1)[1]


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "gpt2",
        "huggingface.co/gpt2",
        "http://huggingface.co/gpt2",
        "ftp://huggingface.co/gpt2",
        "file:///etc/passwd",
        "s3://bucket/gpt2",
        "mlflow-artifacts:/gpt2",
        "git@github.com:a/b.git",
        "https://user:secret@github.com/a/b",
        "https://github.com@127.0.0.1/a/b",
        "https://huggingface.co:8443/gpt2",
        "https://huggingface.co.evil.example/gpt2",
        "https://evil.example/huggingface.co/gpt2",
        "https://huggingface.co./gpt2",
        "https://169.254.169.254/latest/meta-data",
        "https://huggingface.co",
        "https://huggingface.co/datasets",
        "https://huggingface.co/spaces/a/b",
        "https://huggingface.co/docs/transformers",
        "https://huggingface.co/a/b/blob/main/README.md",
        "https://huggingface.co/a/b/resolve/main/x.bin",
        "https://huggingface.co/a/b/tree",
        "https://huggingface.co/a/b/../../x",
        "https://huggingface.co/a/%2e%2e",
        "https://huggingface.co/a/b;c=d",
        "https://huggingface.co/a/%252e%252e%252f",
        "https://huggingface.co//a/b",
        "https://huggingface.co/a/b/tree/..%2F..%2Fx",
        "https://huggingface.co/a/b/tree/-x",
        "https://huggingface.co/a/b/tree/x.lock",
        "https://huggingface.co/a\\..\\b",
        "https://huggingface.co/a/b--c",
        "https://huggingface.co/a/" + "b" * 97,
        "https://huggingface.co/a/bé",
        "https://github.com/a",
        "https://github.com/topics/machine-learning",
        "https://github.com/a/..",
        "https://github.com/-oProxyCommand=x/b",
        "https://github.com/a/b/pull/3",
        "https://github.com/a/b/tree/%2e%2e/x",
        "https://raw.githubusercontent.com/a/b/main/x",
        "https://huggingface.co/" + "a" * 3000,
        "https://[::1/gpt2",
    ],
)
def test_anything_else_is_refused_in_words(pasted):
    with pytest.raises(UnrecognisedUrl) as refusal:
        recognise(pasted)
    assert refusal.value.status == 400
    assert len(str(refusal.value)) > 20


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout")
def test_the_hostile_urls_answer_as_expected():
    for row in map(json.loads, CORPUS.read_text().splitlines()):
        if row["expect"] == "reject":
            with pytest.raises(UnrecognisedUrl):
                recognise(row["url"])
        else:
            assert recognise(row["url"]).url.startswith((HF, GH))


@pytest.mark.parametrize("wanted", ["dataset", "code"])
def test_the_address_of_a_model_is_not_taken_for_something_else(wanted):
    with pytest.raises(UnrecognisedUrl, match=f"model on Hugging Face, not of a {wanted}"):
        recognise(f"{HF}/gpt2", type=wanted)


def test_a_dataset_may_live_on_github():
    assert recognise(f"{GH}/a/b", type="dataset").type == "dataset"


def test_an_unknown_type_is_refused():
    with pytest.raises(UnrecognisedUrl, match="no type 'space'"):
        recognise(f"{HF}/a/b", type="space")


def test_spellings_that_differ_in_case_share_one_key():
    assert recognise(f"{HF}/Google/Bert").key == recognise(f"{HF}/google/bert").key


class TestMirrors:
    @pytest.fixture(autouse=True)
    def _local(self, settings):
        settings.HF_ENDPOINT = "http://127.0.0.1:8123"
        settings.GITHUB_URL = "http://127.0.0.1:8123/github"

    def test_an_address_under_the_configured_endpoint_keeps_its_public_identity(self):
        assert recognise("http://127.0.0.1:8123/a/b").url == f"{HF}/a/b"
        assert recognise("http://127.0.0.1:8123/datasets/a/b").url == f"{HF}/datasets/a/b"
        assert recognise("http://127.0.0.1:8123/github/a/b").url == f"{GH}/a/b"

    def test_the_public_address_is_still_understood(self):
        assert recognise(f"{HF}/a/b").url == f"{HF}/a/b"

    @pytest.mark.parametrize(
        "pasted",
        ["http://127.0.0.1:8124/a/b", "https://127.0.0.1:8123/a/b", "http://localhost:8123/a/b"],
    )
    def test_a_neighbour_of_the_endpoint_is_not_the_endpoint(self, pasted):
        with pytest.raises(UnrecognisedUrl):
            recognise(pasted)


@given(st.text(alphabet="abAB09._-/%2eF:?#@\\;~+ \t\n\x00é", max_size=80))
def test_whatever_is_accepted_is_plain(tail):
    try:
        place: Place = recognise(f"{HF}/{tail}")
    except UnrecognisedUrl:
        return
    assert set(place.repo) <= set("abAB029._-/eF")
    assert ".." not in place.repo + place.revision
    assert place.repo.count("/") <= 1
    assert recognise(place.url) == Place(
        place.source, place.type, place.repo, "", place.url, place.name
    )

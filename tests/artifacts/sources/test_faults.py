"""Whatever the outside does wrong ends in a sentence that a person understands."""

from __future__ import annotations

import pytest

from artifacts import sources
from artifacts.sources.errors import (
    AddressRefused,
    SourceBroken,
    SourceError,
    SourceForbidden,
    SourceNotFound,
    SourceRateLimited,
    SourceTooLarge,
    SourceTruncated,
    SourceUnavailable,
    UnsafePath,
)
from tests.hub import faults as f

INFO = "/api/models/fernwood/field-notes-tiny*"
FILE = "*/resolve/*/model-00001*"
README = "*/resolve/*/README.md"
GIT = "/github/*"


@pytest.fixture
def try_all(collect, demo_content):
    def run(kind="model"):
        facts = collect(getattr(demo_content, kind).url)
        with sources.opened(facts) as checkout:
            for file in facts.files:
                for _ in checkout.read(file.path):
                    pass

    return run


@pytest.mark.parametrize(
    ("path", "fault", "error"),
    [
        (INFO, f.Status(404, code="RepoNotFound"), SourceNotFound),
        (INFO, f.Status(401), SourceForbidden),
        (INFO, f.Status(403), SourceForbidden),
        (INFO, f.Gated(), SourceForbidden),
        (INFO, f.Status(429), SourceRateLimited),
        (INFO, f.Status(500), SourceUnavailable),
        (INFO, f.Status(503), SourceUnavailable),
        (INFO, f.Status(418), SourceBroken),
        (INFO, f.HangUp(), SourceUnavailable),
        (INFO, f.Truncate(), SourceTruncated),
        (INFO, f.Unfinished(), SourceTruncated),
        (INFO, f.InvalidJson(), SourceBroken),
        (INFO, f.DeepJson(), SourceBroken),
        (INFO, f.GzipBomb(), SourceBroken),
        (INFO, f.LoginPage(), SourceBroken),
        (INFO, f.RedirectLoop(), SourceBroken),
        (INFO, f.Redirect("http://169.254.169.254/latest/meta-data"), AddressRefused),
        (INFO, f.Redirect("file:///etc/passwd"), SourceBroken),
        (INFO, f.Redirect("http://127.0.0.1:1/"), AddressRefused),
        (INFO, f.ExtraFiles(), UnsafePath),
        (INFO, f.ExtraFiles(["../../canary.txt"]), UnsafePath),
        (INFO, f.RepeatedFiles(), SourceBroken),
        (INFO, f.WrongSize(size=-1), SourceBroken),
        (README, f.Status(500), SourceUnavailable),
        (README, f.Gated(), SourceForbidden),
        (README, f.LoginPage(), SourceUnavailable),
        (FILE, f.Truncate(1000), SourceTruncated),
        (FILE, f.Longer(), SourceBroken),
        (FILE, f.GzipBomb(), SourceBroken),
        (FILE, f.HangUp(), SourceUnavailable),
        (FILE, f.Redirect("http://169.254.169.254/x"), AddressRefused),
        (FILE, f.Redirect("http://10.0.0.1/x"), AddressRefused),
        (FILE, f.Headers({"X-Repo-Commit": "0" * 40}), SourceBroken),
        ("/api/*", f.WrongSize("model-00001*", 7), SourceBroken),
        ("/api/*", f.WrongSize("model-00001*", 10**15), SourceTooLarge),
    ],
)
def test_the_hub_misbehaves(try_all, outside, path, fault, error):
    outside.faults.add(path, fault)
    with pytest.raises(error) as failure:
        try_all()
    said = str(failure.value)
    assert said.startswith("Hugging Face")
    assert 20 < len(said) < 500
    assert said.endswith((".", "'", ")"))


@pytest.mark.parametrize(
    ("path", "fault", "said"),
    [
        (INFO, f.Status(401), "refuses access: it wants a token"),
        (INFO, f.Status(451), r"refuses access: for legal reasons \(451\)"),
        (FILE, f.Status(404), "has no file 'model-00001-of-00002.safetensors' any more"),
        (FILE, f.Status(403), "refuses access: model-00001-of-00002.safetensors: the token"),
        (FILE, f.Status(500), "model-00001-of-00002.safetensors: it answers 500"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_which_file(try_all, outside, path, fault, said):
    outside.faults.add(path, fault)
    with pytest.raises(SourceError, match=f"^Hugging Face .*{said}"):
        try_all()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (f.Status(404), SourceNotFound),
        (f.Status(401), SourceNotFound),
        (f.Status(403), SourceForbidden),
        (f.Status(429, retry_after=7), SourceRateLimited),
        (f.Status(500), SourceUnavailable),
        (f.HangUp(), SourceUnavailable),
        (f.LoginPage(), SourceUnavailable),
        (f.RedirectLoop(), SourceBroken),
        (f.Redirect("http://169.254.169.254/x.git/info/refs"), AddressRefused),
    ],
)
def test_github_misbehaves(try_all, outside, fault, error):
    outside.faults.add(GIT, fault)
    with pytest.raises(error, match=r"^GitHub"):
        try_all("code")


@pytest.mark.parametrize("fault", [f.Status(500), f.Truncate(100), f.HangUp(), f.Status(302)])
def test_git_is_cut_off_in_the_middle(try_all, outside, fault):
    outside.faults.add("*/git-upload-pack", fault, method="POST")
    with pytest.raises(SourceError) as failure:
        try_all("code")
    assert failure.value.is_retryable


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), (None, 60), ("0", 1), ("-5", 60), ("1000000000", 86_400), ("soon", 60),
     ("Wed, 21 Oct 2015 07:28:00 GMT", 1)],
)  # fmt: skip
def test_how_long_to_wait_is_always_sensible(try_all, outside, said, seconds):
    outside.faults.add(INFO, f.Status(429, retry_after=said))
    with pytest.raises(SourceRateLimited) as failure:
        try_all()
    assert failure.value.retry_after == seconds


def test_a_drip_is_not_waited_for(try_all, outside, settings):
    settings.SOURCE_TIMEOUT_SECONDS = 0.2
    outside.faults.add(README, f.Drip(1, 0.05))
    with pytest.raises(SourceUnavailable, match="too long"):
        try_all()


def test_a_silent_hub_is_not_waited_for(try_all, outside, settings):
    settings.SOURCE_TIMEOUT_SECONDS = 0.2
    outside.faults.add(INFO, f.Delay(30))
    with pytest.raises(SourceUnavailable, match="too long"):
        try_all()


def test_history_that_goes_in_circles_is_a_problem_and_not_a_failure(
    collect, outside, demo_content
):
    outside.faults.add("*/commits/*", f.PagingLoop())
    facts = collect(demo_content.model.url)
    assert facts.history is None
    assert "circles" in facts.history_problem


def test_too_many_files_are_refused(try_all, outside, settings):
    settings.SOURCE_MAX_FILES = 500
    outside.faults.add(INFO, f.ManyFiles(1_000))
    with pytest.raises(SourceTooLarge, match="over 500 files"):
        try_all()


def test_a_listing_that_is_left_out_is_read_from_the_tree(collect, outside, demo_content):
    expected = collect(demo_content.model.url)
    outside.page_size = 3
    outside.faults.add("/api/models/fernwood/field-notes-tiny", f.WithoutListing())
    assert collect(demo_content.model.url).files == expected.files


def test_storage_on_another_origin_gets_no_token(collect, outside, settings, demo_content):
    settings.HUGGINGFACE_HUB_TOKEN = "hf_alice"
    settings.SOURCE_ALLOWED_HOSTS = [outside.other_url.removeprefix("http://")]
    outside.redirects_files_to = outside.other_url
    facts = collect(demo_content.model.url)
    large = next(file for file in facts.files if file.is_lfs)
    with sources.opened(facts) as checkout:
        assert sum(map(len, checkout.read(large.path))) == large.size_bytes
    asked = outside.seen("/storage/*")
    assert asked
    assert {request.headers.get("Authorization") for request in asked} == {None}


def test_storage_on_an_origin_that_nobody_named_is_refused(try_all, outside):
    outside.redirects_files_to = outside.other_url
    with pytest.raises(AddressRefused):
        try_all()
    assert outside.count("/storage/*") == 0

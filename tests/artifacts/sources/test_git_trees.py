"""Repositories whose trees hold more than plain files, or too much of them."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from artifacts import sources
from artifacts.sources.errors import SourceError, SourceTooLarge, SourceUnavailable, UnsafePath
from artifacts.sources.github import git
from tests.hub.history import GIT_ENVIRONMENT, Step, write_history

URL = "https://github.com/odd/tree"


@pytest.fixture
def tree(hub_root, outside):
    """A repository made of raw tree entries, which git itself would refuse to check out."""

    def make(*entries: tuple[str, str, bytes]):
        folder = write_history(hub_root / "github" / "odd" / "tree", [Step("x", {"a.py": b"1\n"})])

        def run(*arguments, stdin=b""):
            return subprocess.run(
                ["git", "-C", str(folder), *arguments],
                input=stdin, capture_output=True, check=True, env=GIT_ENVIRONMENT,
            ).stdout.decode().strip()  # fmt: skip

        raw = b""
        for mode, name, content in sorted(entries, key=lambda entry: entry[1]):
            oid = (
                run("hash-object", "-w", "--stdin", stdin=content) if mode != "160000" else "1" * 40
            )
            raw += f"{mode} {name}\0".encode() + bytes.fromhex(oid)
        made = run("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)
        commit = run(
            "-c", "user.name=x", "-c", "user.email=x@example.org",
            "commit-tree", made, "-m", "odd", "-p", "main",
        )  # fmt: skip
        run("update-ref", "refs/heads/main", commit)
        outside.store.forget()
        return sources.collect(sources.recognise(URL))

    return make


def test_links_and_submodules_are_noted_and_never_followed(tree):
    facts = tree(
        ("100644", "a.py", b"x = 1\n"),
        ("120000", "passwd", b"/etc/passwd"),
        ("160000", "module", b""),
        ("100755", "run.sh", b"#!/bin/sh\n"),
    )
    assert [file.path for file in facts.files] == ["a.py", "run.sh"]
    assert facts.notes == ("1 symbolic link left out: passwd", "1 submodule left out: module")


def test_a_pointer_of_git_lfs_is_kept_as_what_it_is(tree):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 9\n"
    facts = tree(("100644", "model.bin", pointer))
    assert facts.notes == ("1 file is a Git LFS pointer, kept as such: model.bin",)
    assert facts.files[0].size_bytes == len(pointer)


@pytest.mark.parametrize("name", ["..", ".git", "a\\b", "C:x", "line\nbreak", ".GIT"])
def test_names_that_would_leave_a_folder_are_refused(tree, name):
    with pytest.raises(UnsafePath):
        tree(("100644", name, b"canary"))


def test_attributes_and_filters_of_the_repository_do_nothing(tree):
    facts = tree(
        (
            "100644",
            ".gitattributes",
            b"* filter=lfs diff=evil merge=evil text working-tree-encoding=UTF-16\n",
        ),
        ("100644", "a.py", b"x = 1\r\n"),
    )
    with sources.opened(facts) as checkout:
        assert b"".join(checkout.read("a.py")) == b"x = 1\r\n"


def test_a_repository_that_is_too_large_is_ended(collect, demo_content, monkeypatch):
    monkeypatch.setattr(git, "MAX_REPOSITORY_BYTES", 10)
    monkeypatch.setattr(git, "_WATCH_SECONDS", 0.0)
    with pytest.raises(SourceTooLarge, match="over 10 bytes"):
        collect(demo_content.code.url)


def test_a_history_that_is_too_large_is_read_without_contents(collect, demo_content, monkeypatch):
    whole = collect(demo_content.code.url)
    true_fetch = git.Repository.fetch

    def fetch(self, remote, what, *, depth=0, without_blobs=False):
        if not depth and not without_blobs:
            raise SourceTooLarge(source="GitHub", reason="too much.")
        true_fetch(self, remote, what, depth=depth, without_blobs=without_blobs)

    monkeypatch.setattr(git.Repository, "fetch", fetch)
    found = collect(demo_content.code.url)
    assert not found.history.is_complete
    assert found.history.review is None
    assert found.history.commits == whole.history.commits
    assert found.history.commits_by_identity == whole.history.commits_by_identity
    assert found.survey == whole.survey


def test_git_that_takes_too_long_is_ended_with_all_it_started(
    collect, demo_content, settings, outside
):
    from tests.hub.faults import Delay

    settings.GIT_TIMEOUT_SECONDS = 0.5
    outside.faults.add("*/git-upload-pack", Delay(30), method="POST")
    with pytest.raises((SourceUnavailable, SourceError), match="too long"):
        collect(demo_content.code.url)


def test_a_branch_with_slashes_is_found_and_what_follows_it_is_a_folder(hub_root, collect, outside):
    steps = [
        Step("main", {"a.py": b"1\n"}, tag="v1"),
        Step("topic", {"src/b.py": b"2\n"}, branch="feature/deep/x"),
        Step("later", {"a.py": b"3\n"}),
    ]
    write_history(hub_root / "github" / "odd" / "branches", steps)
    outside.store.forget()
    url = "https://github.com/odd/branches"
    topic = collect(f"{url}/tree/feature/deep/x")
    assert "src/b.py" in {file.path for file in topic.files}
    assert collect(f"{url}/tree/feature/deep/x/src").revision == topic.revision
    tagged = collect(f"{url}/tree/v1")
    assert tagged.history.commits == 1
    assert collect(url).history.commits == 2


def test_the_token_reaches_every_request_of_git(collect, demo_content, settings, outside):
    settings.GITHUB_TOKEN = "ghp_alice"
    collect(demo_content.code.url)
    sent = [request.headers.get("Authorization", "") for request in outside.seen("/github/*")]
    assert sent
    assert all(value.startswith("Basic ") for value in sent)


def test_the_folder_is_private_and_goes_away():
    with git.repository() as repo:
        folder = repo.folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not Path(folder).exists()


def test_a_token_is_in_no_argument_and_in_no_message(collect, demo_content, settings, outside):
    from tests.hub.faults import Status

    settings.GITHUB_TOKEN = "ghp_canary"
    seen = []
    true_popen = subprocess.Popen

    class Watching(true_popen):
        def __init__(self, command, *rest, **more):
            seen.append(" ".join(map(str, command)))
            super().__init__(command, *rest, **more)

    outside.faults.add("*/git-upload-pack", Status(500), method="POST")
    subprocess.Popen = Watching
    try:
        with pytest.raises(SourceError) as failure:
            collect(demo_content.code.url)
    finally:
        subprocess.Popen = true_popen
    assert seen
    assert "ghp_canary" not in str(failure.value) + "".join(seen)


def test_with_a_token_the_hub_is_asked_what_it_knows(collect, demo_content, settings, outside):
    settings.GITHUB_TOKEN = "ghp_alice"
    facts = collect(demo_content.code.url)
    assert facts.popularity.stars is not None
    assert outside.count("/github-api/*/pulls") > 0
    assert "confirmed pull request" in facts.history.review.by_kind


def test_git_follows_no_redirect_of_its_own(collect, demo_content, outside):
    """The first request is our client's, which may be redirected; the next is git's."""
    from tests.hub.faults import Redirect

    elsewhere = f"{outside.other_url}/github/fernwood/field-notes-training.git/info/refs"
    outside.faults.add("*/info/refs", Redirect(f"{elsewhere}?service=git-upload-pack"), after=1)
    with pytest.raises(SourceUnavailable):
        collect(demo_content.code.url)

"""The real git and a REST client against the code side of the hub."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import requests

from tests.hub.content import Demo
from tests.hub.history import GIT_ENVIRONMENT, Step, write_history
from tests.hub.server import Hub


def git(*arguments: str | Path) -> str:
    done = subprocess.run(
        ["git", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=GIT_ENVIRONMENT,
        timeout=30,
    )
    return done.stdout.strip()


@pytest.fixture
def address(hub: Hub, demo_content: Demo) -> str:
    return f"{hub.github_url}/{demo_content.code.id}"


class TestClone:
    @pytest.mark.parametrize("suffix", ["", ".git"])
    def test_a_clone_is_the_repository_byte_for_byte(
        self, address: str, demo_content: Demo, tmp_path: Path, suffix: str
    ):
        git("clone", "--quiet", address + suffix, tmp_path / "clone")
        files = {
            str(file.relative_to(tmp_path / "clone")): file.read_bytes()
            for file in (tmp_path / "clone").rglob("*")
            if file.is_file() and file.relative_to(tmp_path / "clone").parts[0] != ".git"
        }
        assert files == demo_content.code.files()

    def test_history_can_be_had_without_blobs(
        self, address: str, demo_content: Demo, tmp_path: Path
    ):
        clone = tmp_path / "clone"
        git("clone", "--quiet", "--filter=blob:none", "--no-checkout", address, clone)
        assert len(git("-C", clone, "log", "--format=%H").splitlines()) == 43
        kinds = git("-C", clone, "cat-file", "--batch-check=%(objecttype)", "--batch-all-objects")
        assert set(kinds.split()) == {"commit", "tree"}

    @pytest.mark.parametrize("version", [0, 2])
    def test_one_commit_can_be_fetched_by_its_name(
        self, address: str, demo_content: Demo, tmp_path: Path, version: int
    ):
        older = demo_content.code.repository.commits("main")[10].id
        git("init", "--quiet", tmp_path)
        protocol = f"protocol.version={version}"
        git("-C", tmp_path, "-c", protocol, "fetch", "--quiet", "--depth=1", address, older)
        assert git("-C", tmp_path, "rev-parse", "FETCH_HEAD") == older

    def test_head_and_tags_are_listed(self, address: str, demo_content: Demo):
        listed = git("ls-remote", "--symref", address)
        assert "ref: refs/heads/main\tHEAD" in listed
        assert f"{demo_content.code.revision}\trefs/tags/v0.4.0" in listed

    def test_a_former_name_leads_to_the_new_one(self, hub: Hub, tmp_path: Path):
        write_history(
            hub.store.root / "github" / "moved" / "new-code",
            [Step("Start", {"a.py": b"1\n"})],
            about={"formerly": ["moved/old-code"]},
        )
        git("clone", "--quiet", f"{hub.github_url}/moved/old-code", tmp_path / "clone")
        assert (tmp_path / "clone" / "a.py").exists()

    def test_a_missing_repository_is_not_found(self, hub: Hub):
        with pytest.raises(subprocess.CalledProcessError) as caught:
            git("ls-remote", f"{hub.github_url}/nobody/nothing")
        assert "not found" in caught.value.stderr

    def test_nobody_can_push(self, address: str, tmp_path: Path):
        git("clone", "--quiet", address, tmp_path / "clone")
        with pytest.raises(subprocess.CalledProcessError):
            git("-C", tmp_path / "clone", "push", "--quiet", "origin", "main:other")


class TestRest:
    @pytest.fixture
    def get(self, hub: Hub):
        return lambda path: requests.get(f"{hub.github_api_url}/repos/{path}", timeout=5)

    def test_it_describes_a_repository(self, get, demo_content: Demo):
        told = get(demo_content.code.id).json()
        assert told["full_name"] == demo_content.code.id
        assert told["default_branch"] == "main"
        assert told["license"]["spdx_id"] == "Apache-2.0"
        assert told["stargazers_count"] == 42

    def test_a_missing_repository_is_404(self, get):
        assert get("nobody/nothing").status_code == 404

    def test_the_licence_comes_with_its_text(self, get, demo_content: Demo):
        told = get(f"{demo_content.code.id}/license").json()
        assert (told["path"], told["license"]["spdx_id"]) == ("LICENSE", "Apache-2.0")

    @pytest.mark.parametrize(
        ("title", "numbers"),
        [
            pytest.param("Smooth less (#13)", [13], id="a squash"),
            pytest.param("Merge pull request #12 from fernwood/training", [12], id="a merge"),
            pytest.param("Save into a folder", [12], id="a commit that a merge brought"),
            pytest.param("Measure accuracy", [15], id="a rebase, which no message mentions"),
            pytest.param("Say how to install it", [], id="pushed directly"),
        ],
    )
    def test_it_knows_which_pull_request_a_commit_came_through(
        self, get, demo_content: Demo, title: str, numbers: list[int]
    ):
        commits = demo_content.code.repository.commits("main")
        commit = next(commit.id for commit in commits if commit.title == title)
        pulls = get(f"{demo_content.code.id}/commits/{commit}/pulls").json()
        assert [pull["number"] for pull in pulls] == numbers
        assert all(pull["merged_at"] for pull in pulls)

"""The real huggingface_hub client against the hub that does nothing wrong."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from huggingface_hub import HfApi, RepoFile, RepoFolder
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.hub.content import Demo, make_large_model
from tests.hub.history import Step, write_history
from tests.hub.server import Hub


@pytest.fixture
def api(hub: Hub) -> HfApi:
    return HfApi(endpoint=hub.hf_endpoint, token=False)


def git_blob_sha1(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class TestModelInfo:
    def test_it_names_the_commit_and_every_file_with_its_true_digests(
        self, api: HfApi, demo_content: Demo
    ):
        info = api.model_info(demo_content.model.id, files_metadata=True)
        assert info.sha == demo_content.model.revision
        files = demo_content.model.files()
        assert {sibling.rfilename for sibling in info.siblings} == files.keys()
        for sibling in info.siblings:
            data = files[sibling.rfilename]
            assert sibling.size == len(data)
            if sibling.lfs:
                assert sibling.lfs.sha256 == hashlib.sha256(data).hexdigest()
            else:
                assert sibling.blob_id == git_blob_sha1(data)

    def test_weights_are_lfs_and_texts_are_not(self, api: HfApi, demo_content: Demo):
        info = api.model_info(demo_content.model.id, files_metadata=True)
        assert {s.rfilename for s in info.siblings if s.lfs} == {
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
        }

    def test_it_reads_the_card(self, api: HfApi, demo_content: Demo):
        info = api.model_info(demo_content.model.id)
        assert info.card_data.license == "apache-2.0"
        assert info.card_data.datasets == ["fernwood/field-notes"]
        assert info.card_data.eval_results[0].metric_type == "perplexity"
        assert (info.pipeline_tag, info.library_name) == ("text-generation", "transformers")
        assert {"license:apache-2.0", "dataset:fernwood/field-notes", "arxiv:2302.13971"} <= set(
            info.tags
        )

    def test_it_counts_the_parameters(self, api: HfApi, demo_content: Demo):
        info = api.model_info(demo_content.model.id)
        assert info.safetensors.parameters == {"F16": 74016}
        assert info.config["architectures"] == ["LlamaForCausalLM"]

    def test_dates_and_popularity_are_there(self, api: HfApi, demo_content: Demo):
        info = api.model_info(demo_content.model.id)
        assert info.created_at == datetime(2024, 3, 4, 9, tzinfo=UTC)
        assert info.last_modified > info.created_at
        assert (info.downloads, info.likes, info.gated) == (1843, 12, False)

    def test_a_base_model_becomes_a_tag(self, api: HfApi, demo_content: Demo):
        info = api.model_info(demo_content.adapter.id)
        assert "base_model:adapter:fernwood/field-notes-tiny" in info.tags

    def test_a_broken_card_leaves_the_rest_readable(self, api: HfApi, demo_content: Demo):
        info = api.model_info(demo_content.broken_card.id)
        assert info.card_data is None
        assert info.sha == demo_content.broken_card.revision

    @pytest.mark.parametrize("revision", ["v0.1", "main", "dev"])
    def test_tags_and_branches_are_revisions(self, api: HfApi, demo_content: Demo, revision: str):
        info = api.model_info(demo_content.model.id, revision=revision)
        assert info.sha == demo_content.model.repository.commit(revision)

    def test_an_older_commit_has_its_older_files(self, api: HfApi, demo_content: Demo):
        older = demo_content.model.repository.commit("v0.1")
        assert older
        info = api.model_info(demo_content.model.id, revision=older)
        assert info.sha == older
        assert "requirements.txt" not in {sibling.rfilename for sibling in info.siblings}

    def test_properties_may_be_asked_for_one_by_one(self, api: HfApi, demo_content: Demo):
        info = api.model_info(demo_content.model.id, expand=["downloads", "cardData"])
        assert info.downloads == 1843
        scanned = api.model_info(demo_content.model.id, securityStatus=True)
        assert scanned.security_repo_status["scansDone"]


def test_a_dataset_is_described_by_its_card(api: HfApi, demo_content: Demo):
    info = api.dataset_info(demo_content.dataset.id, files_metadata=True)
    assert info.sha == demo_content.dataset.revision
    assert info.card_data.license == "cc-by-4.0"
    assert "task_categories:text-generation" in info.tags
    assert "data/train.jsonl" in {sibling.rfilename for sibling in info.siblings}


class TestTree:
    def test_it_lists_files_and_folders(self, api: HfApi, demo_content: Demo):
        entries = list(
            api.list_repo_tree(demo_content.dataset.id, repo_type="dataset", recursive=True)
        )
        assert [e.path for e in entries if isinstance(e, RepoFolder)] == ["data"]
        files = demo_content.dataset.files()
        assert {e.path: e.size for e in entries if isinstance(e, RepoFile)} == {
            path: len(data) for path, data in files.items()
        }

    def test_one_level_at_a_time(self, api: HfApi, demo_content: Demo):
        top = api.list_repo_tree(demo_content.dataset.id, repo_type="dataset")
        assert "data/train.jsonl" not in {entry.path for entry in top}
        below = api.list_repo_tree(demo_content.dataset.id, "data", repo_type="dataset")
        assert {entry.path for entry in below} == {"data/train.jsonl", "data/test.jsonl"}

    def test_it_comes_in_pages(self, api: HfApi, hub: Hub, demo_content: Demo):
        hub.page_size = 2
        entries = list(api.list_repo_tree(demo_content.model.id, recursive=True))
        assert len(entries) == len({entry.path for entry in entries}) == 11
        assert hub.count("*/tree/*") == 6

    def test_expanding_tells_who_touched_a_file_last(self, api: HfApi, demo_content: Demo):
        entries = api.list_repo_tree(demo_content.model.id, recursive=True, expand=True)
        licence = next(entry for entry in entries if entry.path == "LICENSE")
        assert licence.last_commit.title == "Add the licence text"
        assert licence.security.safe

    def test_a_missing_folder_is_an_entry_not_found(self, api: HfApi, demo_content: Demo):
        with pytest.raises(HfHubHTTPError) as caught:
            list(api.list_repo_tree(demo_content.model.id, "nowhere"))
        assert caught.value.response.headers["X-Error-Code"] == "EntryNotFound"

    def test_single_paths_can_be_asked_for(self, api: HfApi, demo_content: Demo):
        found = api.get_paths_info(demo_content.model.id, ["LICENSE", "nothing"], expand=True)
        assert [entry.path for entry in found] == ["LICENSE"]


class TestHistory:
    def test_commits_come_newest_first_with_their_authors(self, api: HfApi, demo_content: Demo):
        commits = api.list_repo_commits(demo_content.model.id)
        assert len(commits) == 7
        assert commits[0].commit_id == demo_content.model.revision
        assert commits[-1].title == "initial commit"
        assert {commit.authors[0] for commit in commits} == {"adaeze-o", "jlindqvist", "claire-m"}

    def test_commits_come_in_pages(self, api: HfApi, hub: Hub, demo_content: Demo):
        hub.page_size = 3
        assert len(api.list_repo_commits(demo_content.model.id)) == 7
        assert hub.count("*/commits/*") == 3

    def test_branches_and_tags_are_listed(self, api: HfApi, demo_content: Demo):
        refs = api.list_repo_refs(demo_content.model.id)
        assert {branch.name for branch in refs.branches} == {"main", "dev"}
        assert {tag.name for tag in refs.tags} == {"v0.1", "v1.0"}


class TestDownload:
    def test_a_snapshot_is_the_repository_byte_for_byte(
        self, api: HfApi, demo_content: Demo, tmp_path: Path
    ):
        folder = Path(api.snapshot_download(demo_content.model.id, cache_dir=tmp_path))
        assert folder.name == demo_content.model.revision
        found = {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.*")}
        assert found == {k: v for k, v in demo_content.model.files().items() if "." in k}

    def test_storage_on_another_port_serves_the_large_files(
        self, api: HfApi, hub: Hub, demo_content: Demo, tmp_path: Path
    ):
        hub.redirects_files_to = hub.other_url
        name = "model-00001-of-00002.safetensors"
        file = api.hf_hub_download(demo_content.model.id, name, cache_dir=tmp_path)
        assert Path(file).read_bytes() == demo_content.model.files()[name]
        (moved,) = hub.seen("/storage/*", "GET")
        assert f":{moved.port}" in hub.other_url

    def test_part_of_a_file_can_be_read(self, hub: Hub, demo_content: Demo):
        data = demo_content.model.files()["LICENSE"]
        url = f"{hub.hf_endpoint}/{demo_content.model.id}/resolve/main/LICENSE"
        for asked, expected in {
            "bytes=0-9": data[:10],
            "bytes=100-": data[100:],
            "bytes=-7": data[-7:],
        }.items():
            answer = requests.get(url, headers={"Range": asked}, timeout=5)
            assert (answer.status_code, answer.content) == (206, expected)
        beyond = requests.get(url, headers={"Range": f"bytes={len(data)}-"}, timeout=5)
        assert beyond.status_code == 416
        assert beyond.headers["Content-Range"] == f"bytes */{len(data)}"

    def test_fifty_clients_are_served_at_once(self, hub: Hub, demo_content: Demo):
        name = "model-00001-of-00002.safetensors"
        url = f"{hub.hf_endpoint}/{demo_content.model.id}/resolve/main/{name}"
        with ThreadPoolExecutor(50) as pool:
            bodies = pool.map(lambda _: requests.get(url, timeout=30).content, range(50))
        assert set(bodies) == {demo_content.model.files()[name]}

    def test_head_tells_commit_and_digest(self, hub: Hub, demo_content: Demo):
        name = "model-00001-of-00002.safetensors"
        url = f"{hub.hf_endpoint}/{demo_content.model.id}/resolve/main/{name}"
        answer = requests.head(url, timeout=5)
        sha256 = hashlib.sha256(demo_content.model.files()[name]).hexdigest()
        assert answer.headers["X-Repo-Commit"] == demo_content.model.revision
        assert answer.headers["ETag"] == answer.headers["X-Linked-Etag"] == f'"{sha256}"'
        assert "X-Xet-Hash" not in answer.headers

    def test_a_large_file_is_streamed(self, api: HfApi, hub: Hub, tmp_path: Path):
        made = make_large_model(hub.store.root, 3_000_000)
        file = api.hf_hub_download(made.id, "weights.bin", cache_dir=tmp_path)
        assert Path(file).stat().st_size == 3_000_000


class TestErrors:
    def test_a_missing_repository(self, api: HfApi):
        with pytest.raises(RepositoryNotFoundError):
            api.model_info("nobody/nothing")

    def test_a_missing_revision(self, api: HfApi, demo_content: Demo):
        with pytest.raises(RevisionNotFoundError):
            api.model_info(demo_content.model.id, revision="0" * 40)

    def test_a_missing_file(self, api: HfApi, demo_content: Demo, tmp_path: Path):
        with pytest.raises(RemoteEntryNotFoundError) as caught:
            api.hf_hub_download(demo_content.model.id, "nope.txt", cache_dir=tmp_path)
        headers = caught.value.response.headers
        assert headers["X-Repo-Commit"] == demo_content.model.revision

    def test_a_wrong_token(self, hub: Hub, demo_content: Demo):
        with pytest.raises(HfHubHTTPError, match="Invalid credentials"):
            HfApi(endpoint=hub.hf_endpoint, token="hf_wrong").model_info(demo_content.model.id)

    def test_a_gated_model_shows_itself_and_keeps_its_files(self, hub: Hub, tmp_path: Path):
        write_history(
            hub.store.root / "models" / "closed" / "gated",
            [Step("Upload", {"README.md": b"# Gated\n", "a.txt": b"a"})],
            lfs=True,
            about={"gated": "manual", "members": ["alice"]},
        )
        stranger = HfApi(endpoint=hub.hf_endpoint, token="hf_bob")
        assert stranger.model_info("closed/gated").gated == "manual"
        with pytest.raises(GatedRepoError):
            stranger.hf_hub_download("closed/gated", "a.txt", cache_dir=tmp_path)
        member = HfApi(endpoint=hub.hf_endpoint, token="hf_alice")
        assert member.hf_hub_download("closed/gated", "a.txt", cache_dir=tmp_path)

    def test_a_private_model_is_hidden_from_strangers(self, hub: Hub):
        write_history(
            hub.store.root / "models" / "closed" / "private",
            [Step("Upload", {"README.md": b"# Private\n"})],
            about={"private": True, "members": ["alice"]},
        )
        with pytest.raises(RepositoryNotFoundError):
            HfApi(endpoint=hub.hf_endpoint, token="hf_bob").model_info("closed/private")
        member = HfApi(endpoint=hub.hf_endpoint, token="hf_alice")
        assert member.model_info("closed/private").private


class TestNames:
    def test_another_spelling_leads_to_the_true_one(self, api: HfApi, demo_content: Demo):
        assert api.model_info("Fernwood/Field-Notes-TINY").id == demo_content.model.id

    def test_a_former_name_leads_to_the_new_one(self, api: HfApi, hub: Hub, tmp_path: Path):
        write_history(
            hub.store.root / "models" / "moved" / "new-name",
            [Step("Upload", {"README.md": b"# Moved\n"})],
            about={"formerly": ["moved/old-name"]},
        )
        assert api.model_info("moved/old-name").id == "moved/new-name"
        assert api.hf_hub_download("moved/old-name", "README.md", cache_dir=tmp_path)

    def test_a_plain_folder_is_served_too(self, api: HfApi, hub: Hub):
        folder = hub.store.root / "models" / "plain" / "folder"
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / "a.txt").write_bytes(b"plain")
        info = api.model_info("plain/folder", files_metadata=True)
        assert [(s.rfilename, s.size) for s in info.siblings] == [("sub/a.txt", 5)]


class TestLists:
    def test_models_are_found_by_name_author_and_tag(self, api: HfApi, demo_content: Demo):
        def ids(**asked: str) -> set[str]:
            return {model.id for model in api.list_models(**asked)}

        assert ids(search="gguf") == {demo_content.gguf.id}
        assert ids(author="mallory") == {demo_content.pickle.id}
        assert ids(filter="license:cc-by-4.0") == set()
        assert ids(filter="peft") == {demo_content.adapter.id}

    def test_lists_come_in_pages(self, api: HfApi, hub: Hub, demo_content: Demo):
        hub.page_size = 2
        found = [model.id for model in api.list_models(author="fernwood")]
        assert len(found) == len(set(found)) == 3

    def test_datasets_have_a_list_of_their_own(self, api: HfApi, demo_content: Demo):
        assert demo_content.dataset.id in {dataset.id for dataset in api.list_datasets()}

    def test_a_token_has_an_owner(self, hub: Hub):
        assert HfApi(endpoint=hub.hf_endpoint).whoami(token="hf_alice")["name"] == "alice"
        with pytest.raises(HfHubHTTPError):
            HfApi(endpoint=hub.hf_endpoint).whoami(token="hf_wrong")

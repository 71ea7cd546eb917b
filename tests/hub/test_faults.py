"""Every way in which the hub can be told to misbehave, as its clients see it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from huggingface_hub import HfApi
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError

from tests.hub import faults
from tests.hub.content import Demo
from tests.hub.history import GIT_ENVIRONMENT
from tests.hub.server import Hub

LICENSE = "*/resolve/*/LICENSE"
INFO = "/api/models/fernwood/field-notes-tiny"

READ_1000_BYTES_AND_MORE = """
import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[1]) as answer:
    sys.stdout.buffer.write(answer.read(1000))
    sys.stdout.flush()
    shutil.copyfileobj(answer, sys.stdout.buffer)
"""


@pytest.fixture
def api(hub: Hub) -> HfApi:
    return HfApi(endpoint=hub.hf_endpoint, token=False)


@pytest.fixture
def model(demo_content: Demo) -> str:
    return demo_content.model.id


@pytest.fixture
def license_url(hub: Hub, model: str) -> str:
    return f"{hub.hf_endpoint}/{model}/resolve/main/LICENSE"


@pytest.fixture
def truth(demo_content: Demo) -> bytes:
    return demo_content.model.files()["LICENSE"]


def get(url: str, **options: Any) -> requests.Response:
    return requests.get(url, timeout=5, **options)


def listed(api: HfApi, model: str) -> dict[str, int]:
    """What info and tree say of the files; both have to tell the same lie."""
    info = {s.rfilename: s.size for s in api.model_info(model, files_metadata=True).siblings}
    tree = {e.path: e.size for e in api.list_repo_tree(model, recursive=True)}
    assert info == tree
    return info


class TestRefusals:
    @pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
    def test_any_status(self, api: HfApi, hub: Hub, model: str, status: int):
        hub.faults.add("/api/models/*", faults.Status(status))
        with pytest.raises(HfHubHTTPError) as caught:
            api.model_info(model)
        assert caught.value.response.status_code == status

    @pytest.mark.parametrize("after", [None, 7, "Wed, 21 Oct 2015 07:28:00 GMT", -1, 10**9])
    def test_too_many_requests_with_and_without_advice(
        self, hub: Hub, license_url: str, after: str | int | None
    ):
        hub.faults.add(LICENSE, faults.Status(429, retry_after=after))
        answer = get(license_url)
        assert answer.status_code == 429
        assert answer.headers.get("Retry-After") == (None if after is None else str(after))
        assert answer.headers["RateLimit"] == '"api";r=0;t=55'

    def test_a_gate(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add("/api/models/*", faults.Gated())
        with pytest.raises(GatedRepoError, match="Access to this model is restricted"):
            api.model_info(model)

    def test_git_is_refused_as_well(self, hub: Hub, demo_content: Demo):
        hub.faults.add("/github/*", faults.Status(503))
        done = subprocess.run(
            ["git", "ls-remote", f"{hub.github_url}/{demo_content.code.id}"],
            capture_output=True,
            check=False,
            env=GIT_ENVIRONMENT,
        )
        assert b"503" in done.stderr


class TestConnections:
    def test_one_that_is_dropped(self, hub: Hub, license_url: str):
        hub.faults.add(LICENSE, faults.HangUp())
        with pytest.raises(requests.ConnectionError):
            get(license_url)

    def test_a_body_that_ends_too_soon(self, hub: Hub, license_url: str, truth: bytes):
        hub.faults.add(LICENSE, faults.Truncate(keep_bytes=100))
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            get(license_url)
        answer = get(license_url, stream=True)
        assert answer.headers["Content-Length"] == str(len(truth))
        assert answer.raw.read(100) == truth[:100]

    def test_chunks_without_an_end(self, hub: Hub, license_url: str):
        hub.faults.add(LICENSE, faults.Unfinished())
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            get(license_url)

    def test_a_body_that_is_longer_than_promised(self, hub: Hub, license_url: str, truth: bytes):
        hub.faults.add(LICENSE, faults.Longer(extra_bytes=5))
        assert get(license_url).content == truth + b"xxxxx"

    def test_a_body_that_runs_over_its_length(self, hub: Hub, license_url: str, truth: bytes):
        hub.faults.add(LICENSE, faults.Longer(extra_bytes=5, announced=False))
        assert get(license_url).content == truth

    def test_a_flipped_byte(self, hub: Hub, license_url: str, truth: bytes):
        hub.faults.add(LICENSE, faults.Corrupt(offset=3))
        data = get(license_url).content
        assert len(data) == len(truth)
        assert [n for n, (a, b) in enumerate(zip(data, truth, strict=True)) if a != b] == [3]

    def test_a_delay_ends_with_the_client_or_the_test(self, hub: Hub, license_url: str):
        hub.faults.add(LICENSE, faults.Delay(600))
        with pytest.raises(requests.ReadTimeout):
            requests.get(license_url, timeout=0.2)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(get, license_url)
            while hub.count(LICENSE) < 2:
                threading.Event().wait(0.005)
            hub.faults.clear()
            assert answer.result().ok

    def test_a_body_that_drips(self, hub: Hub, license_url: str, truth: bytes):
        hub.faults.add(LICENSE, faults.Drip(bytes_at_once=4000, seconds=0))
        assert get(license_url).content == truth
        drip = faults.Drip(bytes_at_once=1, seconds=600)
        hub.faults.clear()
        hub.faults.add(LICENSE, drip)
        with pytest.raises(requests.ConnectionError):
            requests.get(license_url, timeout=0.2)


class TestAnswers:
    def test_json_that_breaks_off(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add(INFO, faults.InvalidJson())
        with pytest.raises(json.JSONDecodeError):
            api.model_info(model)

    def test_json_that_is_too_deep(self, hub: Hub):
        hub.faults.add(INFO, faults.DeepJson(depth=100_000))
        with pytest.raises(RecursionError):
            json.loads(get(hub.url + INFO).content)

    def test_a_gzip_bomb(self, hub: Hub):
        hub.faults.add(INFO, faults.GzipBomb(unpacked_bytes=2_000_000))
        answer = get(hub.url + INFO)
        assert int(answer.headers["Content-Length"]) < 10_000
        assert len(answer.content) == 2_000_002

    def test_somebodys_login_page(self, api: HfApi, hub: Hub, model: str, license_url: str):
        hub.faults.add("*", faults.LoginPage())
        assert "Sign in" in get(license_url).text
        with pytest.raises(json.JSONDecodeError):
            api.model_info(model)

    def test_headers_can_be_set_and_removed(self, hub: Hub, license_url: str):
        hub.faults.add(LICENSE, faults.Headers({"X-Repo-Commit": None, "ETag": '"x"'}))
        headers = get(license_url).headers
        assert "X-Repo-Commit" not in headers
        assert headers["ETag"] == '"x"'


class TestRedirects:
    @pytest.mark.parametrize(
        "to", ["http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "//evil.example/"]
    )
    def test_to_where_nobody_should_go(self, hub: Hub, license_url: str, to: str):
        hub.faults.add(LICENSE, faults.Redirect(to))
        answer = get(license_url, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (302, to)
        assert answer.headers["X-Repo-Commit"]

    def test_in_a_circle(self, hub: Hub, license_url: str):
        hub.faults.add(LICENSE, faults.RedirectLoop())
        with pytest.raises(requests.TooManyRedirects):
            get(license_url)

    def test_to_another_port(self, hub: Hub, license_url: str, truth: bytes):
        path = license_url.removeprefix(hub.url)
        hub.faults.add(LICENSE, faults.Redirect(f"{hub.other_url}{path}"), times=1)
        assert get(license_url).content == truth
        assert [request.port for request in hub.seen(LICENSE)] == [
            int(hub.url.rsplit(":")[-1]),
            int(hub.other_url.rsplit(":")[-1]),
        ]

    def test_pages_that_never_end(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add("*/tree/*", faults.PagingLoop())
        entries = api.list_repo_tree(model, recursive=True)
        assert len([next(iter(entries)) for _ in range(50)]) == 50
        assert hub.count("*/tree/*") > 1


class TestListings:
    def test_a_wrong_size(self, api: HfApi, hub: Hub, model: str):
        true = listed(api, model)
        hub.faults.add("/api/*", faults.WrongSize("*.safetensors", size=3))
        wrong = listed(api, model)
        assert {name for name in true if wrong[name] != true[name]} == {
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
        }

    def test_a_wrong_digest(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add("/api/*", faults.WrongDigest("*-00001-*"))
        for entry in api.list_repo_tree(model):
            if entry.lfs:
                assert (set(entry.lfs.sha256) == {"0"}) == ("-00001-" in entry.path)

    def test_hostile_names_are_listed_and_served(
        self, api: HfApi, hub: Hub, model: str, license_url: str
    ):
        hub.faults.add("*", faults.ExtraFiles())
        assert set(faults.HOSTILE_NAMES) <= listed(api, model).keys()
        connection = http.client.HTTPConnection(hub.url.removeprefix("http://"), timeout=5)
        connection.request("GET", f"/{model}/resolve/main/../../canary.txt")
        assert connection.getresponse().read() == b"canary"

    def test_many_files(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add("/api/*", faults.ManyFiles(5000))
        assert len(listed(api, model)) == 5011

    def test_files_listed_twice(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add("/api/*", faults.RepeatedFiles())
        assert len(api.model_info(model).siblings) == 22
        assert len(list(api.list_repo_tree(model))) == 22

    def test_no_files_at_all(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add("/api/*", faults.WithoutListing())
        assert api.model_info(model).siblings is None
        assert list(api.list_repo_tree(model)) == []

    def test_any_other_lie(self, api: HfApi, hub: Hub, model: str):
        hub.faults.add(INFO, faults.EditJson(lambda data: data | {"sha": "not a commit"}))
        assert api.model_info(model).sha == "not a commit"

    def test_a_revision_that_moves_between_calls(
        self, api: HfApi, hub: Hub, model: str, demo_content: Demo
    ):
        older, newer = demo_content.model.repository.commit("v0.1"), demo_content.model.revision
        assert older
        hub.faults.move("models", model, "main", [older, newer])
        assert [api.model_info(model).sha for _ in range(3)] == [older, newer, newer]
        assert api.model_info(model, revision=older).sha == older


class TestPlans:
    def test_a_fault_can_wait_and_can_end(self, hub: Hub, license_url: str):
        rule = hub.faults.add(LICENSE, faults.Status(500), after=1, times=2)
        assert [get(license_url).status_code for _ in range(4)] == [200, 500, 500, 200]
        assert rule.hits == 4

    def test_a_fault_can_be_for_one_method(self, hub: Hub, license_url: str):
        hub.faults.add(LICENSE, faults.Status(500), method="HEAD")
        assert get(license_url).ok
        assert requests.head(license_url, timeout=5).status_code == 500

    def test_a_reset_forgets_everything(self, hub: Hub, license_url: str):
        hub.faults.add("*", faults.Status(500))
        get(license_url)
        hub.reset()
        assert hub.count() == 0
        assert get(license_url).ok

    def test_requests_are_counted_with_what_they_were_answered(self, hub: Hub, license_url: str):
        get(license_url, headers={"Authorization": "Bearer hf_alice"})
        hub.faults.add(LICENSE, faults.Status(503))
        get(license_url)
        assert [request.status for request in hub.seen(LICENSE, "GET")] == [200, 503]
        assert hub.seen(LICENSE)[0].headers["Authorization"] == "Bearer hf_alice"
        assert hub.count("/nothing") == 0


class TestPauses:
    def test_a_reply_is_held_before_its_first_byte(self, hub: Hub, license_url: str):
        pause = hub.faults.pause(LICENSE)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(get, license_url)
            pause.wait_until_reached()
            assert not answer.done()
            pause.release()
            assert answer.result().ok

    def test_a_client_can_be_killed_in_the_middle_of_a_body(
        self, hub: Hub, license_url: str, truth: bytes
    ):
        pause = hub.faults.pause(LICENSE, after_bytes=1000)
        client = subprocess.Popen(
            [sys.executable, "-c", READ_1000_BYTES_AND_MORE, license_url], stdout=subprocess.PIPE
        )
        assert client.stdout
        assert client.stdout.read(1000) == truth[:1000]
        pause.wait_until_reached()
        client.kill()
        assert client.communicate()[0] == b""
        pause.release()
        assert get(license_url).content == truth  # only one reply was held


class TestControl:
    def test_faults_can_be_planned_by_another_process(self, hub: Hub, license_url: str):
        control = f"{hub.url}/control/faults"
        plan = {"path": LICENSE, "kind": "Status", "options": {"status": 503}, "times": 1}
        assert requests.post(control, json=plan, timeout=5).status_code == 201
        assert [get(license_url).status_code for _ in range(2)] == [503, 200]
        (told,) = get(control).json()
        assert (told["kind"], told["hits"]) == ("Status", 2)
        requests.delete(control, timeout=5)
        assert get(control).json() == []

    def test_requests_can_be_read_and_forgotten(self, hub: Hub, license_url: str):
        get(license_url)
        log = f"{hub.url}/control/requests"
        path = license_url.removeprefix(hub.url)
        assert get(log).json() == [{"method": "GET", "path": path, "status": 200}]
        requests.delete(log, timeout=5)
        assert get(log).json() == []

    def test_a_pause_tells_when_it_is_reached(self, hub: Hub, license_url: str):
        control = f"{hub.url}/control/faults"
        requests.post(control, json={"path": LICENSE, "kind": "Pause"}, timeout=5)
        assert get(control).json()[0]["reached"] is False
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(get, license_url)
            while not get(control).json()[0]["reached"]:
                pass
            requests.delete(control, timeout=5)
            assert answer.result().ok

    @pytest.mark.parametrize(
        "plan", [{}, {"path": "*"}, {"path": "*", "kind": "Status", "options": {"colour": 1}}]
    )
    def test_nonsense_is_refused(self, hub: Hub, plan: dict[str, Any]):
        assert requests.post(f"{hub.url}/control/faults", json=plan, timeout=5).status_code == 400

    def test_every_fault_has_a_name_there(self):
        assert {"Status", "Truncate", "ExtraFiles", "Pause"} <= faults.KINDS.keys()
        assert "EditJson" not in faults.KINDS

"""The registry as its own processes: the main job by HTTP, races, and sudden death."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest
import requests

from tests.running import PASSWORD, ROOT, Running, descendants

pytestmark = pytest.mark.slow

KINDS = {"models": "model", "datasets": "dataset", "github": "code"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """What the first start makes; each test gets a copy of it."""
    data = tmp_path_factory.mktemp("prepared")
    Running(data).prepare()
    return data


@pytest.fixture
def running(tmp_path, prepared, hub, demo_content):
    data = shutil.copytree(prepared, tmp_path / "data")
    registry = Running(data, **hub.environment)
    yield registry.start()
    if registry.process.poll() is None:
        assert registry.stop() == 0, registry.log
    assert "database is locked" not in registry.log


def register(registry, client, made) -> str:
    url = f"{registry.url}/api/artifact/{KINDS[made.kind]}"
    answer = client.post(url, json={"url": made.url}, timeout=30)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["metadata"]["id"])


def state(registry, client, made, id_) -> str:
    url = f"{registry.url}/api/artifacts/{KINDS[made.kind]}/{id_}/ingestion"
    return str(client.get(url, timeout=30).json()["state"])


def await_ready(registry, client, made, id_, seconds=60) -> None:
    registry.until(
        lambda: state(registry, client, made, id_) == "READY", f"{made.id} is READY", seconds
    )


def download(registry, client, made, id_) -> dict[str, bytes]:
    url = f"{registry.url}/api/artifacts/{KINDS[made.kind]}/{id_}"
    link = client.get(url, timeout=30).json()["data"]["download_url"]
    bundle = requests.get(link, timeout=60)
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def blobs_without_row(registry) -> set[str]:
    """What lies in the store and no row knows; scratch files count as well."""
    storage = registry.data / "storage"
    stored = {path.name for path in storage.glob("blobs/*/*/*")}
    with closing(sqlite3.connect(registry.data / "registry.sqlite3")) as db:
        known = {sha256 for (sha256,) in db.execute("SELECT sha256 FROM artifacts_blob")}
    return (stored - known) | {path.name for path in storage.glob("tmp/*")}


def test_the_main_job_for_each_kind(running, demo_content):
    client = running.sign_in()
    made = [demo_content.dataset, demo_content.code, demo_content.model]
    ids = [register(running, client, one) for one in made]
    for one, id_ in zip(made, ids, strict=True):
        await_ready(running, client, one, id_)
        assert download(running, client, one, id_) == one.files()
    rate = client.get(f"{running.url}/api/artifact/model/{ids[-1]}/rate", timeout=30).json()
    assert len(rate) == 26
    assert 0 < rate["net_score"] <= 1
    assert rate["bus_factor"] >= 0


@pytest.mark.parametrize("victim", ["the worker", "everything"])
def test_death_in_the_middle_of_a_fetch(running, hub, demo_content, victim):
    model = demo_content.model
    client = running.sign_in()
    pause = hub.faults.pause("*/resolve/*/tokenizer.json", after_bytes=1_000)
    id_ = register(running, client, model)
    pause.wait_until_reached(120)
    if victim == "everything":
        running.kill()
        pause.release()
        running.start()
    else:
        for pid in running.children("qcluster"):
            os.kill(pid, signal.SIGKILL)
        pause.release()
    await_ready(running, client, model, id_)
    assert download(running, client, model, id_) == model.files()
    assert running.stop() == 0
    running.start()  # a start tidies up
    # what the model names may still be arriving: a blob is there a moment before its row
    for _ in range(100):
        if not blobs_without_row(running):
            break
        time.sleep(0.2)
    assert blobs_without_row(running) == set()


def test_the_calls_of_the_readme(running, demo_content, tmp_path):
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("## The main job in five calls")[2].partition("\n## ")[0]
    script = "".join(re.findall(r"```console\n(.*?)```", section, re.DOTALL))
    script = script.replace("http://127.0.0.1:8000", running.url).replace("demo-admin-1!", PASSWORD)
    done = subprocess.run(
        ["bash", "-euc", script],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert '"net_score":0.' in done.stdout
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        unpacked = {name: archive.read(name) for name in archive.namelist()}
    assert unpacked == demo_content.model.files()


def test_of_two_who_register_the_same_only_one_wins(running, hub):
    client = running.sign_in()
    spellings = (
        "https://huggingface.co/lab/model-{}",
        "HTTPS://HuggingFace.co/Lab/Model-{}/tree/main",
    )

    def post(url: str) -> int:
        answer = requests.post(
            f"{running.url}/api/artifact/model",
            json={"url": url},
            headers=client.headers,
            timeout=60,
        )
        return answer.status_code

    with ThreadPoolExecutor(2) as two:
        for number in range(50):
            statuses = two.map(post, [spelling.format(number) for spelling in spellings])
            assert sorted(statuses) == [202, 409]


def test_a_stop_is_clean_and_a_second_start_goes_on(running, hub, demo_content):
    client = running.sign_in()
    id_ = register(running, client, demo_content.dataset)
    await_ready(running, client, demo_content.dataset, id_)
    assert running.stop() == 0
    assert running.children() == []
    running.prepare()
    running.start()
    assert state(running, client, demo_content.dataset, id_) == "READY"
    assert "Traceback" not in running.log


def test_workers_apart_from_the_web_take_up_what_a_dead_one_left(
    tmp_path, prepared, hub, demo_content
):
    """``serve --no-worker`` here and ``qcluster`` there: nobody but the schedule sees the loss."""
    registry = Running(shutil.copytree(prepared, tmp_path / "data"), **hub.environment)
    registry.start("--no-worker")
    workers = [registry.work()]
    try:
        pause = hub.faults.pause("*/resolve/*/tokenizer.json", after_bytes=1_000)
        client = registry.sign_in()
        id_ = register(registry, client, demo_content.model)
        pause.wait_until_reached(120)
        end_at_once(workers[0])
        pause.release()
        workers.append(registry.work())
        await_ready(registry, client, demo_content.model, id_, seconds=150)
    finally:
        end_at_once(workers[-1])
        assert registry.stop() == 0


def end_at_once(worker) -> None:
    """SIGKILL for a cluster and its processes, the one that starts others first."""
    for pid in (worker.pid, *descendants(worker.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    worker.wait()

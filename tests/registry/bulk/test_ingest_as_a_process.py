"""``manage.py ingest`` as its own process: signals, sudden death, real workers."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.hub.content import make_many_models
from tests.hub.faults import Gated
from tests.running import ROOT, Running

pytestmark = pytest.mark.slow

COUNT = 6
BAD = [
    "https://example.org/acme/x",
    "https://huggingface.co/many/missing",
    "https://huggingface.co/many/../../etc/passwd",
    "https://huggingface.co/many/model-0/",
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """What the first start makes; each test gets a copy of it."""
    data = tmp_path_factory.mktemp("prepared")
    Running(data).prepare()
    return data


@pytest.fixture
def registry(tmp_path, prepared, hub):
    """A registry whose only process is the command."""
    return Running(shutil.copytree(prepared, tmp_path / "data"), **hub.environment)


@pytest.fixture
def models(hub_root, hub):
    made = make_many_models(hub_root, COUNT)
    hub.store.forget()
    return made


@pytest.fixture
def listed(tmp_path, models):
    path = tmp_path / "list.txt"
    path.write_text("\n".join([*(made.url for made in models), *BAD]))
    return str(path)


def finish(process: subprocess.Popen[str], seconds: float = 120) -> tuple[int, dict]:
    """What the command exits with, and its report."""
    out, err = process.communicate(timeout=seconds)
    assert out, err
    return process.returncode, json.loads(out)


def versions(registry: Running) -> list[tuple[str, str, int]]:
    with closing(sqlite3.connect(registry.data / "registry.sqlite3")) as db:
        rows = db.execute("SELECT state, claim, attempts FROM artifacts_version ORDER BY id")
        return rows.fetchall()


def done_by_a_second_run(registry: Running, listed: str) -> None:
    code, report = finish(registry.command("ingest", "--file", listed, "--here", "--json"))
    counts = report["counts"]
    assert (code, counts["ready"], counts["failed"], counts["refused"]) == (1, COUNT + 1, 1, 2)
    assert counts["new"] == 0
    assert len(versions(registry)) == COUNT + 1  # and nothing is here twice
    assert not [claim for _, claim, _ in versions(registry) if claim]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_a_transfer(registry, hub, models, listed, number):
    pause = hub.faults.pause(f"*/{models[2].id}/resolve/*/model.safetensors")
    process = registry.command("ingest", "--file", listed, "--here", "--json")
    pause.wait_until_reached(120)
    process.send_signal(number)
    code, report = finish(process)
    pause.release()
    assert (code, report["exit_code"], report["counts"]["ready"]) == (130, 130, 3)
    state, claim, attempts = versions(registry)[2]
    assert (state, claim, attempts) == ("FETCHING", "", 0)
    done_by_a_second_run(registry, listed)


def test_sudden_death_in_the_middle_of_a_transfer(registry, hub, models, listed):
    pause = hub.faults.pause(f"*/{models[2].id}/resolve/*/model.safetensors")
    process = registry.command("ingest", "--file", listed, "--here", "--json")
    pause.wait_until_reached(120)
    process.kill()
    process.communicate()
    pause.release()
    assert f":{process.pid}:" in versions(registry)[2][1]
    hub.requests.clear()
    done_by_a_second_run(registry, listed)
    assert versions(registry)[2][2] == 2
    assert hub.count(f"*/{models[0].id}*") == 0  # what was done is not done again


def test_the_time_that_was_given_ends_it(registry, hub, models, listed):
    pause = hub.faults.pause(f"*/{models[0].id}/resolve/*/model.safetensors")
    process = registry.command("ingest", "--file", listed, "--here", "--json", "--timeout", "5")
    code, report = finish(process)
    pause.release()
    assert (code, report["exit_code"]) == (3, 3)
    assert "--timeout" in report["stopped"]
    assert not [claim for _, claim, _ in versions(registry) if claim]


def test_who_has_read_enough_of_the_report_gets_no_traceback(registry):
    process = registry.command("ingest", "nonsense")
    process.stdout.close()
    assert process.wait(timeout=120) == 1
    assert process.stderr.read() == ""


def test_where_no_report_can_be_written_there_is_no_traceback(registry):
    call = f"{sys.executable} manage.py ingest nonsense"
    for where, code, words in ((">&-", 1, ""), (">/dev/full", 1, "No space left")):
        done = subprocess.run(
            ["sh", "-c", f"exec {call} {where}"],
            cwd=ROOT,
            env=registry.environment,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
        assert words in done.stderr


def test_workers_do_it_while_the_command_waits(registry, hub, models, listed):
    hub.faults.add(f"/api/models/{models[3].id}*", Gated())
    registry.start()
    code, report = finish(registry.command("ingest", "--file", listed, "--wait", "--json"))
    assert code == 1
    states = [line["state"] for line in report["lines"][:COUNT]]
    assert states == ["READY"] * 3 + ["FAILED"] + ["READY"] * 2
    assert report["counts"]["refused"] == 2
    again, second = finish(registry.command("ingest", "--file", listed, "--wait", "--json"))
    assert again == 1
    assert second["counts"]["new"] == 0
    hub.faults.clear()
    process = registry.command("ingest", models[3].url, "--wait", "--retry", "--json")
    assert finish(process)[0] == 0
    assert registry.stop() == 0

"""``manage.py ingest --wait`` and ``--here``: until each line has its end, whatever happens."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from django_q.models import OrmQ

from artifacts import services
from artifacts.models import Artifact, State, Version
from registry.bulk import following, working
from registry.ingestion.pipeline import Ingestion, ingest
from tests.factories import make_artifact
from tests.hub import faults as f


@pytest.fixture(autouse=True)
def world(pipeline, dora):
    return pipeline


@pytest.fixture
def meanwhile(monkeypatch):
    """What others do while the command waits: one call for each time it would sleep."""

    def plan(*calls) -> None:
        left = list(calls)

        def sleep(seconds: float) -> None:
            assert left, "it waits for something that never comes"
            left.pop(0)()

        for module in (following, working):
            monkeypatch.setattr(module.time, "sleep", sleep)

    return plan


def state_of(made) -> str:
    return Version.objects.filter(source_url=made.url).latest("number").state


def a_worker_takes_all() -> None:
    for pk in Version.objects.active().values_list("pk", flat=True):
        ingest(pk)


def dead_claim() -> str:
    """The claim of a process of this machine that has ended."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return f"{socket.gethostname()[:40]}:{gone.pid}:x"


@pytest.mark.django_db
class TestHere:
    def test_good_and_bad_ones_end_with_their_reasons(self, ingest, demo_content, outside):
        missing = "https://huggingface.co/fernwood/nothing"
        outside.faults.add("/api/models/fernwood/field-notes-winter-lora*", f.Gated())
        demo = demo_content
        made = [demo.gguf, demo.pickle, demo.adapter]
        done = ingest(
            "\n".join([*(one.url for one in made), missing, "nonsense"]), "--here", "--json"
        )
        assert done.code == 1
        assert [line["state"] for line in done.lines] == [
            "READY",
            "REJECTED",
            "FAILED",
            "FAILED",
            "",
        ]
        codes = [line["code"] for line in done.lines]
        assert codes == [
            "",
            "disqualified",
            "source_forbidden",
            "source_not_found",
            "unrecognised_url",
        ]
        assert all(line["reason"] and line["advice"] for line in done.lines[1:4])
        assert done.lines[0]["revision"] == demo.gguf.revision

    def test_the_revision_of_a_column_is_fetched(self, ingest, demo_content):
        model = demo_content.model
        wanted = model.repository.commit("v0.1")
        done = ingest(f"url,revision\n{model.url},v0.1\n", "--here", "--json")
        assert done.lines[0]["revision"] == wanted

    def test_what_is_too_large_fails_in_words_and_stops_no_other(
        self, ingest, demo_content, settings
    ):
        sizes = {one: sum(map(len, one.files().values())) for one in _two(demo_content)}
        small, large = sorted(sizes, key=sizes.__getitem__)
        settings.SOURCE_MAX_TOTAL_BYTES = sizes[small]
        done = ingest(f"{large.url}\n{small.url}\n", "--here", "--json")
        assert done.lines[0]["code"] == "source_too_large"
        assert done.lines[1]["code"] != "source_too_large"

    def test_a_second_run_asks_nobody_and_ends_the_same(self, ingest, demo_content, outside):
        text = f"{demo_content.gguf.url}\n{demo_content.pickle.url}\n"
        first = ingest(text, "--here", "--json")
        outside.requests.clear()
        second = ingest(text, "--here", "--json")
        assert outside.requests == []
        assert (first.code, second.code) == (1, 1)
        assert [line["state"] for line in second.lines] == ["READY", "REJECTED"]
        assert Version.objects.filter(artifact__origin=None).count() == 2

    def test_synchronous_mode_means_here(self, ingest, demo_content, settings):
        settings.INGESTION_SYNC = True
        assert ingest(demo_content.gguf.url).code == 0
        assert state_of(demo_content.gguf) == State.READY

    def test_a_line_for_each_that_ends_goes_to_stderr(self, ingest, demo_content):
        done = ingest(f"{demo_content.gguf.url}\n{demo_content.pickle.url}\n", "--here")
        first, second = done.err.splitlines()
        assert first.startswith("1/2  READY")
        assert second.startswith("2/2  REJECTED")
        assert ingest(demo_content.model.url, "--here", "--quiet").err == ""

    def test_a_bug_in_one_stops_no_other(self, ingest, demo_content, monkeypatch, caplog):
        truly = Ingestion.link

        def link(self):
            if self.version.artifact.name == "free-sentiment":
                raise ZeroDivisionError
            truly(self)

        monkeypatch.setattr(Ingestion, "link", link)
        with caplog.at_level(logging.ERROR):
            done = ingest(
                f"{demo_content.pickle.url}\n{demo_content.gguf.url}\n", "--here", "--json"
            )
        assert [line["code"] for line in done.lines] == ["internal_error", ""]
        assert "ZeroDivisionError" in caplog.text

    def test_what_cannot_even_be_begun_ends_the_run(self, ingest, demo_content, settings):
        settings.INGESTION_JOB = f"{__name__}.broken_job"
        with pytest.raises(RuntimeError):
            ingest(demo_content.gguf.url, "--here")

    def test_what_is_known_and_active_is_worked_on_as_well(self, ingest, demo_content, register):
        register(demo_content.gguf)
        assert ingest(demo_content.gguf.url, "--here").code == 0

    def test_what_another_process_holds_is_left_to_it(
        self, ingest, demo_content, register, meanwhile
    ):
        version = register(demo_content.gguf)
        elsewhere = "another-machine:1:x"
        Version.objects.filter(pk=version.pk).update(claim=elsewhere, heartbeat=now(), attempts=1)

        def it_ends() -> None:
            assert Version.objects.get(pk=version.pk).claim == elsewhere
            Version.objects.filter(pk=version.pk).update(claim="", state=State.READY)

        meanwhile(lambda: None, it_ends)
        done = ingest(demo_content.gguf.url, "--here")
        assert done.code == 0
        assert "held by another process" in done.err

    def test_what_another_process_lost_is_taken_up(self, ingest, demo_content, register, meanwhile):
        version = register(demo_content.gguf)
        held = Version.objects.filter(pk=version.pk)
        held.update(claim="another-machine:1:x", heartbeat=now(), attempts=1)
        meanwhile(lambda: held.update(heartbeat=now() - timedelta(hours=1)))
        assert ingest(demo_content.gguf.url, "--here").code == 0
        assert held.get().attempts == 2


@pytest.mark.django_db(transaction=True)
class TestHereWithRealTransactions:
    def test_what_a_model_names_is_worked_on_and_nothing_is_queued(self, ingest, demo_content):
        assert ingest(demo_content.model.url, "--here").code == 0
        states = dict(Artifact.objects.values_list("type", "current__state"))
        assert states == dict.fromkeys(("model", "dataset", "code"), State.READY)
        assert not OrmQ.objects.exists()

    def test_afterwards_the_queue_is_used_again(self, ingest, demo_content):
        ingest(demo_content.gguf.url, "--here")
        ingest(demo_content.pickle.url)
        assert OrmQ.objects.count() == 1

    def test_the_queue_says_nothing_about_each_line(self, ingest, demo_content, caplog):
        with caplog.at_level(logging.INFO):
            ingest(demo_content.gguf.url)
            assert "Enqueued" not in caplog.text
            ingest(demo_content.pickle.url, "-v", "2")
            assert "Enqueued" in caplog.text

    def test_what_a_model_brought_goes_on_when_that_was_stopped(
        self, ingest, demo_content, monkeypatch
    ):
        truly = Ingestion.scan

        def scan(self):
            if self.version.artifact.type == "dataset":
                raise KeyboardInterrupt
            truly(self)

        with monkeypatch.context() as patch:
            patch.setattr(Ingestion, "scan", scan)
            assert ingest(demo_content.model.url, "--here").code == 130
        assert state_of(demo_content.model) == State.READY
        assert state_of(demo_content.dataset) != State.READY
        assert ingest(demo_content.model.url, "--here").code == 0
        assert not Version.objects.exclude(state=State.READY).exists()


@pytest.mark.django_db
class TestBeingStopped:
    @pytest.fixture
    def stopped(self, ingest, demo_content, monkeypatch):
        """A run that Ctrl-C ends while the third file of its first artifact arrives."""
        truly, calls = Ingestion._fetch_one, []

        def fetch_one(self, checkout, item):
            calls.append(item)
            if len(calls) == 3:
                raise KeyboardInterrupt
            truly(self, checkout, item)

        text = f"{demo_content.gguf.url}\n{demo_content.pickle.url}\n"
        with monkeypatch.context() as patch:
            patch.setattr(Ingestion, "_fetch_one", fetch_one)
            return text, ingest(text, "--here", "--json")

    def test_the_report_says_how_far_it_came_and_how_to_go_on(self, stopped):
        _, done = stopped
        assert done.code == done.json["exit_code"] == 130
        assert "same command goes on" in done.json["stopped"]
        assert done.json["counts"]["running"] == 2

    def test_what_was_held_is_given_back_and_no_attempt_is_counted(self, stopped):
        assert set(Version.objects.values_list("claim", "attempts")) == {("", 0)}

    def test_the_same_command_goes_on(self, stopped, ingest, outside, demo_content):
        text, _ = stopped
        outside.requests.clear()
        done = ingest(text, "--here", "--json")
        assert [line["outcome"] for line in done.lines] == ["known", "known"]
        assert [line["state"] for line in done.lines] == ["READY", "REJECTED"]
        assert outside.count("/api/models/fernwood/field-notes-tiny-gguf") == 0  # facts were kept
        assert Version.objects.filter(artifact__origin=None).count() == 2

    def test_what_a_killed_process_held_goes_on_at_once(self, ingest, demo_content, register):
        version = register(demo_content.gguf)
        Version.objects.filter(pk=version.pk).update(
            claim=dead_claim(), heartbeat=now(), attempts=1, state=State.FETCHING
        )
        assert ingest(demo_content.gguf.url, "--here").code == 0
        version.refresh_from_db()
        assert version.attempts == 2

    def test_what_kills_its_process_each_time_fails_in_words(
        self, ingest, demo_content, register, settings
    ):
        version = register(demo_content.gguf)
        Version.objects.filter(pk=version.pk).update(
            claim=dead_claim(), heartbeat=now(), attempts=settings.INGESTION_MAX_ATTEMPTS
        )
        done = ingest(demo_content.gguf.url, "--here", "--json")
        assert (done.code, done.lines[0]["code"]) == (1, "worker_vanished")

    def test_in_the_middle_of_registering(self, ingest, monkeypatch):
        truly, calls = services.register, []

        def register(**fields):
            calls.append(fields)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return truly(**fields)

        text = "\n".join(f"https://huggingface.co/acme/m{n}" for n in range(5))
        with monkeypatch.context() as patch:
            patch.setattr(services, "register", register)
            done = ingest(text, "--json")
        assert (done.code, done.json["counts"]["new"], Artifact.objects.count()) == (130, 2, 2)
        done = ingest(text, "--json")
        assert [done.json["counts"][name] for name in ("known", "new")] == [2, 3]

    def test_a_swallowed_signal_stops_it_at_the_next_chance(self, ingest, demo_content, settings):
        settings.INGESTION_JOB = f"{__name__}.swallowing_job"
        done = ingest(f"{demo_content.gguf.url}\n{demo_content.pickle.url}\n", "--here")
        assert done.code == 130


@pytest.mark.django_db
class TestWaiting:
    def test_it_ends_when_the_workers_are_done(self, ingest, demo_content, meanwhile):
        meanwhile(lambda: None, a_worker_takes_all)
        text = f"{demo_content.gguf.url}\n{demo_content.pickle.url}\n{demo_content.gguf.url}/\n"
        done = ingest(text, "--wait", "--json")
        assert done.code == 1
        assert [line["state"] for line in done.lines] == ["READY", "REJECTED", "READY"]
        assert "3/3" in done.err

    def test_it_waits_for_nothing_where_all_is_done(self, ingest, meanwhile):
        make_artifact("a", url="https://huggingface.co/acme/a")
        meanwhile()
        assert ingest("https://huggingface.co/acme/a", "--wait").code == 0

    def test_what_is_deleted_meanwhile_is_missing(self, ingest, meanwhile):
        meanwhile(lambda: services.delete(Artifact.objects.get()))
        done = ingest("https://huggingface.co/acme/a", "--wait", "--json")
        assert (done.code, done.lines[0]["state"]) == (1, "MISSING")

    def test_a_look_is_one_query_however_many_are_on_their_way(self, ingest, meanwhile):
        urls = [f"https://huggingface.co/acme/m{n}" for n in range(600)]
        ingest("\n".join(urls))
        counts = []

        def note(then=lambda: None) -> None:
            counts.append(len(queries))
            then()

        def all_end() -> None:
            Version.objects.update(state=State.READY)

        with CaptureQueriesContext(connection) as queries:
            meanwhile(note, note, lambda: note(all_end))
            assert ingest("\n".join(urls), "--wait").code == 0
            counts.append(len(queries))
        first, second, third, after = counts
        assert third - second == second - first == 1
        assert after - third == 1 + 1 + 2  # the update above, a look, 600 rows by 500
        assert not [each for each in queries if '"facts"' in each["sql"]]

    def test_it_says_when_nothing_moves(self, ingest, meanwhile, monkeypatch):
        monkeypatch.setattr(following, "STILL_SECONDS", 0.0)
        meanwhile(lambda: Version.objects.update(state=State.READY))
        done = ingest("https://huggingface.co/acme/a", "--wait")
        assert "No worker has taken anything" in done.err
        assert "qcluster" in done.err
        assert "--here" in done.err

    def test_it_says_nothing_while_workers_are_busy(self, ingest, meanwhile, monkeypatch):
        monkeypatch.setattr(following, "STILL_SECONDS", 0.0)
        other = make_artifact("b", url="https://huggingface.co/acme/b", state=State.FETCHING)
        other.versions.update(claim="elsewhere:1:x", heartbeat=now())
        ours = Version.objects.exclude(artifact=other)
        meanwhile(lambda: ours.update(state=State.READY))
        done = ingest("https://huggingface.co/acme/a", "--wait")
        assert "No worker" not in done.err

    def test_without_waiting_the_states_are_those_of_the_end(self, ingest, monkeypatch):
        """A worker may be quick: what it has done while the rest was registered is told."""
        truly = services.register

        def register(**fields):
            Version.objects.update(state=State.READY)
            return truly(**fields)

        monkeypatch.setattr(services, "register", register)
        text = "https://huggingface.co/acme/a\nhttps://huggingface.co/acme/b\n"
        done = ingest(text, "--json")
        assert [line["state"] for line in done.lines] == ["READY", "PENDING"]


def _two(demo_content):
    return demo_content.gguf, demo_content.pickle


def broken_job(pk: int) -> None:
    raise RuntimeError("it does not even begin")


def swallowing_job(pk: int) -> None:
    """What a badly written library does with Ctrl-C."""
    import signal

    try:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1_000):
            pass
    except KeyboardInterrupt:
        pass
    Version.objects.filter(pk=pk).update(state=State.READY)

"""A fault that passes is waited out inside the step; nobody who registered hears of it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from artifacts import sources
from artifacts.sources import retrying
from artifacts.sources.errors import (
    SourceBroken,
    SourceError,
    SourceNotFound,
    SourceRateLimited,
    SourceTooSlow,
    SourceTruncated,
    SourceUnavailable,
)
from tests.hub import faults as f

MODEL = "/api/models/fernwood/field-notes-tiny"
SHARD = "*/resolve/*/model-00001*"
TOKENIZER = "*/resolve/*/tokenizer.json"
POST = "*/git-upload-pack"
REFUSALS = [f.Status(status) for status in (408, 429, 500, 502, 503, 504)]
FAULTS = [*REFUSALS, f.HangUp(), f.Truncate(5), f.Unfinished(5)]


def named(fault: f.Fault) -> str:
    return f"{type(fault).__name__}{getattr(fault, 'status', '')}"


@pytest.fixture
def taken(collect):
    """The facts of what was made for the hub, and the digest of each file as it arrives."""

    def take(made):
        facts = collect(made.url)
        with sources.opened(facts) as checkout:
            digests = {
                file.path: hashlib.sha256(b"".join(checkout.read(file.path))).hexdigest()
                for file in facts.files
            }
        return facts, digests

    return take


def digests_of(made) -> dict[str, str]:
    return {path: hashlib.sha256(data).hexdigest() for path, data in made.files().items()}


@pytest.mark.parametrize("fault", FAULTS, ids=named)
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(MODEL, id="description"),
        pytest.param(f"{MODEL}/revision/*", id="revision"),
        pytest.param(f"{MODEL}/tree/*", id="listing"),
        pytest.param(f"{MODEL}/commits/*", id="history"),
        pytest.param("*/resolve/*/README.md", id="small file"),
        pytest.param(SHARD, id="large file"),
    ],
)
def test_one_fault_of_the_hub_changes_nothing(taken, outside, demo_content, path, fault):
    expected, _ = taken(demo_content.model)
    outside.faults.add(path, fault, times=1)
    facts, digests = taken(demo_content.model)
    assert facts == expected
    assert digests == digests_of(demo_content.model)


@pytest.mark.parametrize("fault", FAULTS, ids=named)
@pytest.mark.parametrize(("path", "method"), [("*/info/refs", "GET"), (POST, "POST")])
def test_one_fault_of_git_changes_nothing(taken, outside, demo_content, path, method, fault):
    expected, _ = taken(demo_content.code)
    outside.faults.add(path, fault, method=method, times=1)
    facts, digests = taken(demo_content.code)
    assert facts == expected
    assert digests == digests_of(demo_content.code)


@pytest.mark.parametrize("after", range(6))
def test_git_may_stumble_at_any_of_its_requests(taken, outside, demo_content, after):
    outside.faults.add(POST, f.Status(503), method="POST", after=after, times=2)
    assert taken(demo_content.code)[1] == digests_of(demo_content.code)


@pytest.mark.parametrize("fault", FAULTS, ids=named)
@pytest.mark.parametrize("path", ["/github-api/repos/*/field-notes-training", "*/pulls"])
def test_one_fault_of_the_github_api_changes_nothing(
    collect, outside, settings, demo_content, path, fault
):
    settings.GITHUB_TOKEN = "gh_alice"
    expected = collect(demo_content.code.url)
    outside.faults.add(path, fault, times=1)
    assert collect(demo_content.code.url) == expected


def test_five_faults_are_waited_out_with_longer_and_longer_waits(
    taken, outside, demo_content, waits
):
    outside.faults.add(MODEL, f.Status(503), times=5)
    taken(demo_content.model)
    assert len(waits) == 5
    for wait, least in zip(waits, (0.5, 1, 2, 4, 8), strict=True):
        assert least <= wait <= least * (1 + retrying.JITTER)


def test_the_sixth_fault_is_told(taken, outside, demo_content):
    outside.faults.add(MODEL, f.Status(503))
    with pytest.raises(SourceUnavailable, match="503"):
        taken(demo_content.model)
    assert outside.count(MODEL) == 6


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_what_git_is_refused_for_good_is_asked_once(collect, outside, demo_content, waits, status):
    outside.faults.add(POST, f.Status(status), method="POST")
    with pytest.raises(SourceError):
        collect(demo_content.code.url)
    assert waits == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_what_will_not_pass_is_asked_once(taken, outside, demo_content, status):
    outside.faults.add(MODEL, f.Status(status))
    with pytest.raises(SourceError):
        taken(demo_content.model)
    assert outside.count(MODEL) == 1


class TestHowLong:
    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize("seconds", [7, 60])
    def test_the_source_says_it(self, taken, outside, demo_content, waits, status, seconds):
        outside.faults.add(MODEL, f.Status(status, retry_after=seconds), times=1)
        taken(demo_content.model)
        assert len(waits) == 1
        assert seconds <= waits[0] <= seconds + 1

    def test_it_may_be_a_date(self, taken, outside, demo_content, waits):
        moment = datetime.now(UTC) + timedelta(seconds=30)
        fault = f.Status(429, retry_after=format_datetime(moment, usegmt=True))
        outside.faults.add(MODEL, fault, times=1)
        taken(demo_content.model)
        assert 20 < waits[0] <= 31

    def test_a_date_that_no_calendar_has_is_no_answer(self, taken, outside, demo_content, waits):
        date = f"Mon, 01 Jan 2026 00:00:00 -{'9' * 20}"
        outside.faults.add(MODEL, f.Status(503, retry_after=date), times=1)
        taken(demo_content.model)
        assert 0.5 <= waits[0] <= 0.7

    def test_git_says_it_to_us(self, taken, outside, demo_content, waits):
        outside.faults.add(POST, f.Status(429, retry_after=9), method="POST", times=1)
        taken(demo_content.code)
        assert 9 <= waits[0] <= 10

    @pytest.mark.parametrize("path", [MODEL, SHARD])
    def test_more_than_a_minute_is_not_waited_for(self, taken, outside, demo_content, waits, path):
        outside.faults.add(path, f.Status(429, retry_after=61))
        with pytest.raises(SourceRateLimited, match="61 s"):
            taken(demo_content.model)
        assert waits == []

    def test_githubs_own_way_to_say_it(self, collect, outside, settings, demo_content, waits):
        settings.GITHUB_TOKEN = "gh_alice"
        until = str(int((datetime.now(UTC) + timedelta(hours=1)).timestamp()))
        outside.faults.add("/github-api/*", f.Status(403))
        outside.faults.add(
            "/github-api/*", f.Headers({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": until})
        )
        facts = collect(demo_content.code.url)
        assert facts.popularity.stars is None
        assert waits == []

    @pytest.mark.parametrize("asked", [None, 7, 19])
    def test_whoever_waits_for_an_answer_waits_twenty_seconds_in_all(
        self, taken, outside, demo_content, waits, asked
    ):
        outside.faults.add("/api/models/*", f.Status(503, retry_after=asked))
        with sources.limited_waiting():
            for _ in range(3):
                with pytest.raises(SourceUnavailable):
                    taken(demo_content.model)
        assert 0 < sum(waits) <= 20

    def test_what_takes_longer_is_said_at_once(self, taken, outside, demo_content, waits):
        outside.faults.add(MODEL, f.Status(429, retry_after=30))
        with sources.limited_waiting(), pytest.raises(SourceRateLimited, match="30 s"):
            taken(demo_content.model)
        assert waits == []

    def test_a_short_patience_inside_a_longer_one_counts_for_both(self, waits):
        def fail():
            raise SourceUnavailable(source="It", reason="no.", wait_seconds=6)

        def lose(expected: int) -> None:
            waits.clear()
            with pytest.raises(SourceUnavailable):
                retrying.patiently(fail)
            assert len(waits) == expected

        with sources.limited_waiting(20):
            with sources.limited_waiting(10):
                lose(1)  # 6 of 10
            lose(2)  # 12 more of 20
            with sources.limited_waiting(10):
                lose(0)  # of which there are not 6 left


class TestWhereSomebodyWaits:
    """Twenty seconds may be lost in all: to silence, to refusals and between attempts."""

    @pytest.fixture
    def clock(self, monkeypatch):
        """Time passes where a test says so."""
        passed = [0.0]
        monkeypatch.setattr(retrying, "clock", lambda: passed[0])
        monkeypatch.setattr(retrying, "sleep", lambda seconds: self.passes(passed, seconds))
        return passed

    @staticmethod
    def passes(clock, seconds):
        clock[0] += seconds

    def silent(self, clock):
        def ask():
            self.passes(clock, retrying.patience(30))
            raise SourceUnavailable(source="It", reason="it took too long.")

        return ask

    def test_silence_is_borne_for_less_long(self, clock):
        with sources.limited_waiting(), pytest.raises(SourceUnavailable):
            retrying.patiently(self.silent(clock))
        assert 10 < clock[0] <= 20

    def test_one_silence_is_tried_again(self, clock):
        asked = []

        def ask():
            asked.append(clock[0])
            if len(asked) == 1:
                self.silent(clock)()
            return "at last"

        with sources.limited_waiting():
            assert retrying.patiently(ask) == "at last"

    def test_what_failed_for_good_has_cost_as_well(self, clock):
        with sources.limited_waiting():
            for _ in range(4):
                with pytest.raises(SourceUnavailable):
                    retrying.patiently(self.silent(clock))
        assert clock[0] <= 20 + 4 * retrying.SHORTEST_SECONDS

    def test_elsewhere_patience_stays_what_it_is(self):
        assert retrying.patience(30) == 30

    def test_a_hub_that_is_silent(self, outside, settings, demo_content, monkeypatch, collect):
        settings.SOURCE_TIMEOUT_SECONDS = 30.0
        monkeypatch.setattr(retrying, "SHORTEST_SECONDS", 0.1)
        outside.faults.add(MODEL, f.Delay(30))
        with sources.limited_waiting(0.5), pytest.raises(SourceUnavailable, match="too long"):
            collect(demo_content.model.url)

    def test_time_in_which_bytes_arrived_is_not_lost(
        self, collect, outside, demo_content, clock, monkeypatch
    ):
        monkeypatch.setattr("artifacts.sources.huggingface.hub_files.CHUNK_BYTES", 1000)
        outside.faults.add(TOKENIZER, f.Truncate(2_500), times=1)
        facts = collect(demo_content.model.url)
        received = bytearray()
        with sources.limited_waiting(), sources.opened(facts) as checkout:
            for chunk in checkout.read("tokenizer.json"):
                received += chunk
                self.passes(clock, 15)
        assert bytes(received) == demo_content.model.files()["tokenizer.json"]


class TestATransferThatBreaksOff:
    @pytest.fixture
    def broken_off(self, outside, monkeypatch):
        """The transfer of one file ends after 2,500 bytes, of which 2,000 were taken."""
        monkeypatch.setattr("artifacts.sources.huggingface.hub_files.CHUNK_BYTES", 1000)
        outside.faults.add(TOKENIZER, f.Truncate(2_500), times=1)

    def test_it_goes_on_where_it_ended(self, taken, outside, demo_content, broken_off):
        _, digests = taken(demo_content.model)
        assert digests == digests_of(demo_content.model)
        asked = [request.headers.get("Range") for request in outside.seen(TOKENIZER)]
        assert asked == [None, "bytes=2000-"]

    def test_a_hub_that_knows_no_parts_sends_all_of_it_again(
        self, taken, outside, demo_content, broken_off
    ):
        outside.faults.add(TOKENIZER, Whole())
        _, digests = taken(demo_content.model)
        assert digests == digests_of(demo_content.model)

    def test_another_part_than_was_asked_for_is_refused(
        self, taken, outside, demo_content, broken_off
    ):
        other = f.Headers({"Content-Range": "bytes 1000-1999/9999"})
        outside.faults.add(TOKENIZER, other, after=1)
        with pytest.raises(SourceBroken, match="another part"):
            taken(demo_content.model)

    def test_a_file_that_is_shorter_than_listed_is_named(self, taken, outside, demo_content):
        size = len(demo_content.model.files()["README.md"])
        outside.faults.add("/api/models/*", f.WrongSize("README.md", size + 7))
        with pytest.raises(SourceTruncated, match=f"README.md ended after {size:,}"):
            taken(demo_content.model)

    def test_whoever_stops_reading_asks_for_no_more(self, collect, outside, demo_content):
        facts = collect(demo_content.model.url)
        outside.requests.clear()
        with sources.opened(facts) as checkout:
            chunks = checkout.read("README.md")
            next(chunks)
            chunks.close()
        assert outside.count("*/resolve/*/README.md") == 1


class Whole(f.Fault):
    """Sends the whole file, whichever part was asked for."""

    def answer(self, hub, request):
        del request.headers["Range"]


def test_a_commit_that_nobody_has_is_said_at_once(collect, outside, demo_content, waits):
    with pytest.raises(SourceNotFound, match="no such revision"):
        collect(f"{demo_content.code.url}/tree/{'0' * 40}")
    assert waits == []


def test_what_used_up_all_its_time_is_not_tried_again(collect, outside, settings, demo_content):
    settings.GIT_TIMEOUT_SECONDS = 0.3
    outside.faults.add(POST, f.Delay(30), method="POST")
    with pytest.raises(SourceTooSlow):
        collect(demo_content.code.url)
    assert outside.count(POST) == 1

"""A quarter of the threads may wait, whatever they wait for, and the others serve."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from itertools import islice
from threading import Event

import pytest

from artifacts import sources
from artifacts.search.time_limit import Budget
from artifacts.waiting import wait_until
from common import waiting_threads
from common.errors import RegistryError
from common.waiting_threads import PLACES, place, take_place
from ratings.licences import check
from ratings.licences.check import ManyChecks

ENOUGH = 60  # seconds that no test comes near, unless it hangs


def free_places() -> int:
    return waiting_threads._places._value


def test_whoever_comes_too_late_gets_the_given_refusal():
    with place(otherwise=RegistryError()):
        taken = 1
        while take_place():
            taken += 1
        assert taken == PLACES
        with pytest.raises(RegistryError), place(otherwise=RegistryError()):
            raise AssertionError("there was a place")
        for _ in range(taken - 1):
            waiting_threads.give_place_back()
    assert free_places() == PLACES


def test_a_place_is_given_back_after_trouble():
    with suppress(LookupError), place(otherwise=RegistryError()):
        assert free_places() == PLACES - 1
        raise LookupError
    assert free_places() == PLACES


class TestTogether:
    """Waiting for a rating, long searches and licence checks have one bound."""

    @pytest.fixture
    def over(self, settings, monkeypatch) -> Event:
        settings.RATING_WAIT_TIMEOUT_SECONDS = ENOUGH
        settings.RATING_WAIT_POLL_SECONDS = 0.01
        over = Event()
        monkeypatch.setattr(sources, "collect_licence", lambda _: over.wait(ENOUGH))
        return over

    def wait_for_a_rating(self, over: Event) -> bool:
        return wait_until(over.is_set)

    def search_long(self, over: Event) -> bool:
        with Budget() as budget:
            return budget.extend() and over.wait(ENOUGH)

    def check_a_licence(self, over: Event) -> bool:
        with suppress(ManyChecks):
            return check._collect(sources.recognise("https://github.com/openai/whisper"))
        return False

    def test_all_three_use_a_quarter_of_the_threads(self, settings, over):
        kinds = (self.wait_for_a_rating, self.search_long, self.check_a_licence) * (PLACES + 1)
        assert PLACES == settings.WEB_THREADS // 4
        with ThreadPoolExecutor(len(kinds)) as pool:
            try:
                callers: list[Future[bool]] = [pool.submit(kind, over) for kind in kinds]
                ended = as_completed(callers, timeout=ENOUGH)
                refused = list(islice(ended, len(kinds) - PLACES))
                assert not any(one.result() for one in refused)
                assert free_places() == 0
            finally:
                over.set()
            assert all(one.result() for one in set(callers) - set(refused))
        assert free_places() == PLACES

    @pytest.mark.parametrize("first", ["wait_for_a_rating", "search_long", "check_a_licence"])
    @pytest.mark.parametrize("then", ["wait_for_a_rating", "search_long", "check_a_licence"])
    def test_what_one_kind_holds_no_other_gets(self, over, first, then):
        with ThreadPoolExecutor(PLACES) as pool:
            try:
                callers = [pool.submit(getattr(self, first), over) for _ in range(PLACES)]
                while free_places():
                    assert not any(one.done() for one in callers)
                assert getattr(self, then)(over) is False
            finally:
                over.set()
            assert all(one.result(ENOUGH) for one in callers)

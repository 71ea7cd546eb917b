"""One quick request at a time; what is slow holds nobody up."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from common.turns import in_turn


def start(status, headers):
    raise AssertionError("nobody calls this here")


def test_the_next_one_waits_for_its_turn():
    began, go_on, order = Event(), Event(), []

    def application(environ, start_response):
        order.append(f"{environ['name']} begins")
        if environ["name"] == "first":
            began.set()
            go_on.wait(10)
        order.append(f"{environ['name']} ends")
        return [environ["name"].encode()]

    called = in_turn(application, patience_seconds=60)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(called, {"name": "first"}, start)
        began.wait(10)
        second = pool.submit(called, {"name": "second"}, start)
        time.sleep(0.1)
        go_on.set()
        assert (first.result(10), second.result(10)) == ([b"first"], [b"second"])
    assert order == ["first begins", "first ends", "second begins", "second ends"]


def test_something_slow_loses_its_turn():
    began, go_on = Event(), Event()

    def application(environ, start_response):
        if environ["is_slow"]:
            began.set()
            go_on.wait(10)
        return [b"done"]

    called = in_turn(application)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(called, {"is_slow": True}, start)
        began.wait(10)
        for _ in range(3):
            assert called({"is_slow": False}, start) == [b"done"]
        assert not slow.done()
        go_on.set()
        assert slow.result(10) == [b"done"]
    assert called({"is_slow": False}, start) == [b"done"]


def test_a_failure_gives_the_turn_back():
    def application(environ, start_response):
        raise LookupError

    called = in_turn(application, patience_seconds=60)
    for _ in range(2):  # the second would wait for a minute
        with pytest.raises(LookupError):
            called({}, start)


def test_many_at_once_are_all_answered():
    def application(environ, start_response):
        time.sleep(random.choice([0, 0, 0, 0.0002, 0.002]))
        return [b"done"]

    called = in_turn(application, patience_seconds=0.001)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: called({}, start), range(2000)))
    assert answers == [[b"done"]] * 2000

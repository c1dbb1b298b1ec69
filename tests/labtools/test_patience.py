"""The limit of time for the student's code in a notebook: one thread watches the clock for all calls."""

import threading
import time

import pytest

from labtools import patience


def watching() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "patience"]


def wait_for_end() -> None:
    for each in watching():
        each.join(10)
    assert watching() == []


def take_long() -> None:
    for _ in range(1000):
        time.sleep(0.01)


def test_many_calls_have_one_thread_which_ends_after_them() -> None:
    wait_for_end()
    for _ in range(50):
        with patience.patience(60) as over:
            assert len(watching()) == 1
        assert not over.is_set()
    wait_for_end()


def test_a_call_is_interrupted_after_its_own_time_and_others_are_not() -> None:
    with patience.patience(60) as outer:
        with pytest.raises(KeyboardInterrupt), patience.patience(0.1) as inner:
            take_long()
        assert inner.is_set() and not outer.is_set()
        time.sleep(2 * patience.INTERVAL)  # nothing is left of the inner call that could interrupt
    wait_for_end()


def test_elsewhere_than_in_the_main_thread_there_is_no_limit() -> None:
    said = []

    def call() -> None:
        with patience.patience(0) as over:
            time.sleep(2 * patience.INTERVAL)
        said.append(over.is_set())

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert said == [False]


def test_a_call_that_begins_while_the_thread_ends_has_its_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stay = threading.Event()
    watched = threading.Event()

    def watch_and_stay() -> None:
        patience.watch()
        watched.set()
        stay.wait()

    thread = threading.Thread(target=watch_and_stay, daemon=True)
    monkeypatch.setattr(patience, "_watch", thread)
    thread.start()
    assert watched.wait(10)
    with pytest.raises(KeyboardInterrupt), patience.patience(0.1):
        take_long()
    stay.set()
    thread.join()
    wait_for_end()

"""The wall: replies that are none are refused, and functions that a check lends are computed on its side."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import torch

from autograder.examine.wall import MAX_MESSAGE, Frames, Question

from labtools import asking
from labtools.answering import Line
from labtools.callbacks import MAX_CALLS, Lent, TooManyCalls
from labtools.plaindata import plain


def reply(data: bytes) -> tuple[str, object]:
    """What the grader makes of these bytes of a student's process, in reply to question 7."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        question = Question(Frames(ours), Lent())
        question._number = 7
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        return question.reply(5.0)


def framed(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def test_a_reply_that_announces_too_much_is_not_read() -> None:
    with pytest.raises(ValueError, match="a reply of"):
        reply(struct.pack(">I", MAX_MESSAGE + 1) + b"[7,")


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b"7",
        b"{}",
        b"[7, 1]",
        b"null",
        b"\xff",
        b"not JSON",
        b'[7, "call", 0]',
        b'[7, "call", 1, [], {}, 2]',
    ],
    ids=["nested", "number", "object", "short", "null", "bytes", "text", "short call", "long call"],
)
def test_a_reply_of_another_form_is_refused(data) -> None:
    with pytest.raises(ValueError):
        reply(framed(data))


def test_replies_to_other_questions_are_passed_over() -> None:
    assert reply(framed(b'[1, "answers", [[0, null, ""]]]') + framed(b'[7, "answers", []]')) == ("answers", [])


def test_nobody_can_guess_the_number_of_a_question() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        numbers = {Question(Frames(ours), Lent())._number for _ in range(100)}
    assert len(numbers) == 100 and max(numbers) > 2**40


def test_a_reply_that_does_not_come_is_not_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        began = time.monotonic()
        theirs.sendall(b"\0\0")
        with pytest.raises(TimeoutError):
            Question(Frames(ours), Lent()).reply(0.2)
        assert time.monotonic() - began < 2


def test_what_came_of_a_reply_before_the_time_was_over_is_not_lost() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        question = Question(Frames(ours), Lent())
        data = framed(json.dumps([question._number, "interrupted", None]).encode())
        for part in (data[:2], data[2:4], data[4:9]):
            theirs.sendall(part)
            with pytest.raises(TimeoutError):
                question.reply(0.05)
        theirs.sendall(data[9:])
        assert question.reply(5.0) == ("interrupted", None)


def test_a_call_is_answered_though_the_time_is_over_meanwhile() -> None:
    """The kernel waits for the value, and hears the interrupt only then."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        lent = Lent()
        number = lent.lend(lambda: time.sleep(0.2))
        question = Question(Frames(ours), lent)
        theirs.sendall(framed(json.dumps([question._number, "call", number, plain(()), {}]).encode()))
        with pytest.raises(TimeoutError):
            question.reply(0.1)
        theirs.settimeout(5)
        assert b'"value"' in theirs.recv(1000)


# ---------------------------------------------------------------------- functions that are lent

Ask = Callable[..., list[Any]]


@pytest.fixture
def names() -> dict[str, Any]:
    """What the student has written."""
    return {}


@pytest.fixture
def across(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Questions go through a real connection to another thread, which stands for the student's process."""
    ours, theirs = socket.socketpair()
    line = Line(theirs, names)
    monkeypatch.setattr("labtools.answering.signal.signal", lambda *_: None)  # belongs to main threads

    def serve() -> None:
        with suppress(ConnectionError, OSError):
            while True:
                line.answer()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def bridge(probe: str, target: Any, arguments: Any, lent: Lent) -> Any:
        question = Question(Frames(ours), lent)
        question.send(["ask", probe, target, arguments], time.monotonic() + 5)
        kind, what = question.reply(5)
        if kind != "answers":
            raise asking.Unanswered(f"{kind}: {what}")
        return what

    monkeypatch.setattr(asking, "bridge", bridge)
    yield
    ours.close()
    thread.join(5)


def call(name: Any, *arguments: Any) -> Any:
    (answer,) = asking.ask(asking.probe_calls, name, [arguments])
    return answer


def test_a_lent_function_is_computed_here_and_noted(across: None, names: dict[str, Any]) -> None:
    seen = []

    def secret(x: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
        seen.append(x.tolist())
        return scale * x

    names["use"] = lambda f: f(torch.ones(2, dtype=torch.float64)) + f(torch.zeros(2, dtype=torch.float64), scale=3.0)
    assert call("use", secret).value.tolist() == [1.0, 1.0]
    assert seen == [[1.0, 1.0], [0.0, 0.0]]


def test_what_stands_for_it_shows_nothing_of_it(across: None, names: dict[str, Any]) -> None:
    minimum = 12345.678

    def search(f: Any) -> list[str]:
        inside = [f.__closure__, f.__code__.co_consts, f.__defaults__, getattr(f, "__wrapped__", None)]
        return [str(inside), str([cell.cell_contents for cell in f.__closure__])]

    names["search"] = search
    answer = call("search", lambda x: x - minimum)
    assert answer.error is None and "12345" not in str(answer.value)


@pytest.mark.parametrize(
    ("use", "error"),
    [
        (lambda f: f(), "TypeError"),
        (lambda f: f(1.0, 2.0), "TypeError"),
        (lambda f: f(x=1.0, y=2.0), "TypeError"),
        (lambda f: f("text"), "TypeError"),
        (lambda f: f(object()), "TypeError"),
        (lambda f: f([0.0] * 200_000), "ValueError"),
        (lambda f: f(0.0), "ZeroDivisionError"),
    ],
    ids=["none", "two", "names", "text", "object", "huge", "raises"],
)
def test_a_wrong_call_is_told_to_the_caller(across: None, names: dict[str, Any], use: Any, error: str) -> None:
    names["use"] = use
    assert call("use", lambda x: 1 / x).error == error


@pytest.mark.heavy
def test_calls_have_an_end(across: None, names: dict[str, Any]) -> None:
    counted = []

    def endless(f: Any) -> None:
        while True:
            with suppress(Exception):
                f(1.0)

    names["endless"] = endless
    with pytest.raises(asking.Unanswered, match="more than"):
        call("endless", counted.append)
    assert len(counted) == MAX_CALLS


def test_calls_from_threads_are_computed_one_after_the_other(across: None, names: dict[str, Any]) -> None:
    def use(f: Any) -> list[float]:
        results: list[float] = []
        threads = [threading.Thread(target=lambda k=k: results.append(f(k))) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(results)

    names["use"] = use
    assert call("use", lambda k: 10 * k).value == [10 * k for k in range(8)]


def test_a_function_that_was_kept_is_worth_nothing_later(across: None, names: dict[str, Any]) -> None:
    kept: list[Any] = []
    called: list[Any] = []
    names["keep"] = kept.append
    names["later"] = lambda other: kept[0](1.0)
    call("keep", called.append)
    assert call("later", called.append).error == "RuntimeError"  # there is no such function in this question
    assert called == []


def test_questions_may_lie_inside_each_other(across: None, names: dict[str, Any]) -> None:
    names["double"] = lambda x: 2 * x
    names["apply"] = lambda f, x: f(x) + 1
    assert call("apply", lambda x: call("double", x).value, 4.0).value == 9.0


def test_a_call_may_come_from_deep_within(across: None, names: dict[str, Any]) -> None:
    names["depth"] = lambda f, n: f(n) if n == 0 else names["depth"](f, n - 1)
    assert call("depth", lambda n: n + 5, 50).value == 5


def test_too_many_calls_are_an_answer_to_the_student_first() -> None:
    lent = Lent()
    number = lent.lend(lambda: None)
    for _ in range(MAX_CALLS):
        assert lent.call(number, [], {}) == ["value", None]
    with pytest.raises(TooManyCalls):
        lent.call(number, [], {})


def test_unknown_functions_and_odd_arguments_are_errors() -> None:
    lent = Lent()
    number = lent.lend(lambda x: x)
    for wrong in (number + 1, -1, str(number), None, float(number), True, [number]):
        assert lent.call(wrong, [1], {})[0] == "error"
    for given in ({"tensor": [1], "shape": [2], "dtype": "int64"}, 7, None, "x"):
        assert lent.call(number, given, {})[0] in ("error", "value")
    assert lent.call(number, [json.loads("[" * 30 + "]" * 30)], {})[0] == "error"
    assert lent.call(number, [1], [1])[0] == "error"

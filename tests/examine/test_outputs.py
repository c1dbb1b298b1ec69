"""What a cell prints and draws is kept within a limit, whatever it sends."""

from collections.abc import Callable

import pytest

from autograder.examine.outputs import KINDS, CellOutputs

LIMIT = 100_000


def stream(text: object, name: str = "stdout") -> tuple[str, dict]:
    return "stream", {"name": name, "text": text}


def shown(text: object, display: str = "", kind: str = "display_data") -> tuple[str, dict]:
    return kind, {"data": {"text/plain": text}, "metadata": {}, "transient": {"display_id": display}}


def outputs(*messages: tuple[str, dict]) -> CellOutputs:
    own = CellOutputs(LIMIT)
    for message in messages:
        own.take(*message)
    return own


def texts(own: CellOutputs) -> list[str]:
    return [each.get("text") or each.get("data", {}).get("text/plain") for each in own.finish()]


def size(own: CellOutputs) -> int:
    return sum(len(text) for text in texts(own))


def test_pieces_of_text_become_one() -> None:
    assert texts(outputs(stream("a"), stream("b"), stream("c", "stderr"), stream("d"))) == ["ab", "c", "d"]


def test_what_does_not_fit_is_dropped_and_what_follows_is_kept() -> None:
    own = outputs(shown("x" * 60_000), shown("y" * 60_000), shown("small"))
    assert texts(own)[:2] == ["x" * 60_000, "small"]
    assert (
        texts(own)[2]
        == f"[not all is kept: this cell printed or drew more than {LIMIT} bytes; what it computed counts]\n"
    )


def test_of_a_long_text_the_beginning_is_kept() -> None:
    own = outputs(stream("x" * 10 * LIMIT), stream("y"))
    assert texts(own)[0].startswith("x" * 10_000) and "not all is kept" in texts(own)[-1]


def test_the_error_in_which_a_cell_ends_is_kept() -> None:
    end = {"ename": "ValueError", "evalue": "no", "traceback": ["ValueError: no"]}
    own = outputs(stream("x" * LIMIT), stream("x" * LIMIT), ("error", end))
    assert [each.output_type for each in own.finish()] == ["stream", "error", "stream"]
    own = outputs(*[("error", {**end, "evalue": "no" * 10_000})] * 100)
    assert len(own.finish()) < 10


def test_what_was_cleared_does_not_count() -> None:
    own = outputs()
    for number in range(100):
        own.clear(wait=True)
        own.take(*stream(f"{number} {'x' * 50_000}"))
    assert [text[:3] for text in texts(own)] == ["99 "] and own.sent > 50 * LIMIT
    own.clear(wait=False)
    assert texts(own) == []


def test_an_update_counts_with_what_it_writes() -> None:
    assert texts(outputs(shown("a", "one"), shown("b", "two"), shown("c", "one", "update_display_data"))) == ["c", "b"]
    many = [shown("-", "one")] * 200
    own = outputs(*many, *[shown("x" * 1_000, "one", "update_display_data")] * 200)
    assert size(own) < 3_000
    own = outputs(*[shown("-", str(number)) for number in range(200)])
    for number in range(200):
        own.take(*shown("x" * 5_000, str(number), "update_display_data"))
    assert size(own) < LIMIT + 200


def test_an_update_of_what_this_cell_did_not_show_is_nothing() -> None:
    assert texts(outputs(shown("x", "of an earlier cell", "update_display_data"))) == []


@pytest.mark.parametrize("content", [{}, {"text": 3, "name": 4}, {"data": 3}, {"data": {"text/plain": {1: 2}}}])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_output_is_left_out(kind: str, content: dict) -> None:
    own = outputs((kind, content), (kind, {**content, "transient": 3, "metadata": []}), stream("the end"))
    assert "the end" in texts(own)[-1]


def test_lists_that_are_too_deep_are_left_out() -> None:
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    assert texts(outputs(shown(deep), stream("the end"))) == ["the end"]


def test_short_pieces_take_a_time_that_grows_with_their_number(growth_of: Callable) -> None:
    def take(number: int) -> None:
        own = CellOutputs(2_000_000)
        for _ in range(number):
            own.take(*stream("0123456789"))
        assert len(texts(own)[0]) == 10 * number

    assert growth_of(take, 25_000) < 8

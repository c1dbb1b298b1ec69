"""Whatever a student's process says in reply, each check says something about it: no check is at fault."""

import contextlib
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course import grade_id, is_test
from autograder.examine.trusted import CheckCells
from tests.hidden.conftest import MASTERS, master_of, notebook_before
from tests.odd import changed

from labtools import asking

TESTS = [grade_id(cell) for master in MASTERS.values() for cell in master.cells if is_test(cell)]
CELLS = {name: CheckCells(master) for name, master in MASTERS.items()}


@pytest.mark.parametrize("test", TESTS)
def test_odd_replies_and_odd_calls_are_not_the_fault_of_a_check(test: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        names = notebook_before(test)
    (cells,) = [CELLS[name] for name, master in MASTERS.items() if master is master_of(test)]

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def odd(choices: Any) -> None:
        def bridge(probe: str, target: Any, arguments: Any, lent: Any) -> Any:
            def call(number: int, given: Any, named: Any) -> Any:
                if choices.draw(st.booleans()):
                    given = changed(json.loads(json.dumps(given)), choices)
                return lent.call(number, given, named)

            try:
                right = asking.serve(probe, names[target.name], arguments, call)
            except asking.TooManyCalls:
                raise
            except Exception as error:
                raise asking.Unanswered(type(error).__name__) from None
            reply = changed(json.loads(json.dumps(right)), choices)
            if not isinstance(reply, list):
                raise asking.Unanswered("no list")
            return reply

        with monkeypatch.context() as patch:
            patch.setattr(asking, "bridge", bridge)
            outcome = cells.run(test)
        assert [check.message for check in outcome.checks if "course staff" in check.message] == []

    odd()

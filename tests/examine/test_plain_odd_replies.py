"""Whatever a student's process says in reply to a plain test cell, nothing of ours fails over it."""

import json
import tomllib
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autograder.examine import sitting as sittings
from autograder.examine.held import Refused, Unanswered
from autograder.examine.plain_cells import PlainCells
from autograder.examine.sitting import Sitting
from tests.examine import room
from tests.odd import changed

pytestmark = pytest.mark.heavy

CELLS = tomllib.loads(Path(__file__).with_name("plain_cells.toml").read_text())
OURS = {"autograder", "labtools"}


def master_of(name: str) -> Any:
    cell = CELLS[name]
    given_code = [("given", cell["given"])] if "given" in cell else []
    return room.notebook(*given_code, ("solution", cell["right"]), ("test", cell["test"]))


def ours(error: BaseException) -> bool:
    """Whether an exception is raised by code of this kit, and not for the student to read."""
    told = isinstance(error, Refused | Unanswered) or getattr(error, "of_student", False)
    return not told and bool(OURS & set(Path(traceback.extract_tb(error.__traceback__)[-1].filename).parts))


@pytest.mark.parametrize("name", CELLS)
def test_odd_replies_are_no_fault_of_ours(kernels: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    master = master_of(name)
    _, _, profiles = room.behind(kernels, master, [CELLS[name]["right"]])
    faults: list[BaseException] = []
    explain = sittings.explanation

    def noting(error: BaseException) -> str:
        faults.extend([error] if ours(error) else [])
        return explain(error)

    monkeypatch.setattr(sittings, "explanation", noting)

    @settings(
        max_examples=8,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def odd(choices: Any) -> None:
        with room.Kernel(kernels) as kernel:

            def ask(label: str, request: dict[str, Any], lent: Any) -> Any:
                answer = kernel.ask(label, request, lent)
                return changed(json.loads(json.dumps(answer)), choices) if choices.draw(st.booleans()) else answer

            sitting = Sitting(PlainCells(master), ask, lambda: kernel, kernel.folder, 10.0)
            for cell in master.cells[:-1]:
                kernel.run(cell.source)
            outcome = sitting.run("test-1", profiles["test-1"])
        assert outcome.points == 4.0 or outcome.checks[0].message
        assert faults == []

    odd()

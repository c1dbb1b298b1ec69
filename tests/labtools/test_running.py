"""Running a notebook before it is handed in, where Jupyter itself fails."""

import threading
from pathlib import Path

import nbclient
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from labtools import running


class Failing(nbclient.NotebookClient):
    """A client that fails in the first cell."""

    def execute(self) -> None:  # type: ignore[override]
        self.on_cell_execute(cell=self.nb.cells[0], cell_index=0)  # type: ignore[misc]
        raise AssertionError("no connection")


def test_no_timer_outlives_a_run_that_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(nbclient, "NotebookClient", Failing)
    notebook = NotebookNode(cells=[new_code_cell("1", id="setup")], metadata={})
    with pytest.raises(running.Stopped, match="AssertionError in the cell `setup`"):
        running.run(notebook, tmp_path)
    timers = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
    assert all(each.finished.is_set() for each in timers)

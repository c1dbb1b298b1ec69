"""Pictures that are attached to given text go to students; one in an answer, or that nothing shows, does not."""

import json
from pathlib import Path

import nbformat
import pytest

from autograder.release.leaks import misplaced

SHOWN = "see ![](attachment:a.png)"


@pytest.mark.parametrize(
    ("source", "solution", "kind", "sound"),
    [
        (SHOWN, False, "image/png", True),
        (SHOWN, True, "image/png", False),
        ("nothing", False, "image/png", False),
        (SHOWN, False, "text/plain", False),
    ],
)
def test_which_attachments_are_given(tmp_path: Path, source: str, solution: bool, kind: str, sound: bool) -> None:
    marks = {"nbgrader": {"grade_id": "x", "solution": solution, "grade": solution}}
    cell = nbformat.v4.new_markdown_cell(source, metadata=marks, attachments={"a.png": {kind: "aGk="}})
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps(nbformat.v4.new_notebook(cells=[cell])))
    assert (list(misplaced(path)) == []) == sound

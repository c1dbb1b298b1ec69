"""A station: the lab's own figures are drawn beside the first submissions, and all get them."""

import json
from pathlib import Path

import pytest
from nbformat import NotebookNode, from_dict

from autograder.collect import read_submission
from autograder.course import Course, SubmissionResult, TimeLimits, is_constant
from autograder.dispatch.station import Lost, Setting, Station
from autograder.intake import HandedIn
from autograder.sandbox import Limits

NAME = "exercise1_gradient_descent"


@pytest.fixture
def handed(course: Course, tmp_path: Path) -> HandedIn:
    """The first notebook as it was handed out."""
    own = Course(course.home, tmp_path, course.lab)
    own.submission("s01").mkdir(parents=True)
    (own.submission("s01") / f"{NAME}.ipynb").write_bytes((course.release / f"{NAME}.ipynb").read_bytes())
    return read_submission(own, "s01")[0]


def constant(text: str) -> dict[str, list[NotebookNode]]:
    notebook = from_dict(json.loads(SubmissionResult.from_json(text).written[NAME]))
    return {cell.id: cell.outputs for cell in notebook.cells if is_constant(cell)}


def test_the_first_submission_gets_the_figures_of_the_lab_too(course: Course, handed: HandedIn) -> None:
    with Station(Setting(course, "0", TimeLimits(), Limits()), 1) as station:
        first = station.examine("s01", handed, "a")
        station._constant.result()
        later = station.examine("s01", handed, "a")
    assert constant(first) == constant(later)
    drawn = {name for name, outputs in constant(first).items() if outputs}
    assert not any(output.output_type == "error" for outputs in constant(first).values() for output in outputs)
    assert drawn == {"contour-plot", "learning-rates", "optional"}  # the last one prints nothing in grading
    assert any("image/png" in output.get("data", {}) for output in constant(first)["learning-rates"])


def test_where_they_cannot_be_drawn_the_submission_is_tried_again(
    course: Course, handed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(station: Station) -> None:
        raise RuntimeError("its kernel died")

    with monkeypatch.context() as broken:
        broken.setattr(Station, "_draw", fail)
        station = Station(Setting(course, "0", TimeLimits(), Limits()), 1)
        with pytest.raises(Lost, match="while the lab's own figures were drawn"):
            station.examine("s01", handed, "a")
    with station:
        assert constant(station.examine("s01", handed, "a"))["learning-rates"]

"""What a small file can cost our side: work that grows with its length, memory within one budget, no more."""

import contextlib
import io
import json
import resource
import sys
import time
import zipfile

import pytest

from autograder.course import Course, read_notebook
from autograder.intake import HandedIn, Refused, Skeleton, find_notebooks, guarded, harmless_markdown, rebuild
from autograder.intake.find import Found
from autograder.intake.guard import memory_limit
from autograder.intake.python import parsed
from autograder.intake.read import read_cells

NAME = "exercise1_gradient_descent"


@pytest.fixture(scope="module")
def skeletons(course: Course) -> dict[str, Skeleton]:
    return {name: Skeleton(read_notebook(course.release / f"{name}.ipynb")) for name in course.notebooks()}


def zipped(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return data.getvalue()


def notebook(sources: list[str], **first: object) -> bytes:
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    cells[0] |= first
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def bomb(depth: int) -> bytes:
    inner = {f"{number}.ipynb": bytes(90_000_000) for number in range(4)}
    return zipped({f"{number}.zip": zipped(inner) for number in range(3)}) if depth else zipped(inner)


@pytest.mark.heavy
def test_archives_share_one_budget(skeletons: dict[str, Skeleton]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = find_notebooks(HandedIn({"all.zip": bomb(1)}), skeletons)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert {each.status for each in found.values()} == {"refused"}
    assert "beyond the 400 MB" in found[NAME].reason
    assert grown < 600_000  # kB; each archive alone may hold 400 MB


@pytest.mark.heavy
def test_archives_beside_each_other_share_it_too(skeletons: dict[str, Skeleton]) -> None:
    found = find_notebooks(HandedIn({"a.zip": bomb(0), "b.zip": bomb(0)}), skeletons)
    assert "`b.zip/0.ipynb` is beyond the 400 MB" in found[NAME].reason


def test_an_archive_that_lists_files_without_end_is_not_read(skeletons) -> None:
    found = find_notebooks(HandedIn({"a.zip": zipped({"x.ipynb": b""}) + b"PK\x01\x02" * 300_000}), skeletons)
    assert "lists 300001 files" in found[NAME].reason


def test_halves_without_end_are_not_joined(course: Course, skeletons, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is no Python alone, but is with all before it: joined one by one, all of that is parsed each time."""
    looked_at: list[str] = []
    monkeypatch.setattr("autograder.intake.align.parsed", lambda source: looked_at.append(source) or parsed(source))
    sources = [f"if x:\n    y = [{2_000 * '0, '}]"] + ["elif x:\n    y = 1"] * 400
    cells, _ = read_cells(notebook(sources))
    rebuild(cells, read_notebook(course.source / f"{NAME}.ipynb"), skeletons[NAME])
    assert looked_at and len("".join(looked_at)) < 50 * len("".join(sources))


def test_the_name_of_a_picture_has_an_end() -> None:
    """It becomes a pattern, which takes long to compile."""
    picture = {"image/png": "iVBORw0KGgo="}
    data = notebook(["x = 1"], cell_type="markdown", attachments={"a" * 300_000: picture})
    assert read_cells(data)[0][0].pictures == {}


def test_time_has_an_end() -> None:
    def forever() -> None:
        end = time.process_time() + 3
        while time.process_time() < end:
            with contextlib.suppress(Exception):  # as libraries do that go on whatever happens
                sum(range(100_000))

    with pytest.raises(Refused, match="Looking took longer than 0.2 seconds"), guarded("Looking", 0.2):
        forever()


def test_memory_has_an_end_that_looking_within_looking_does_not_raise() -> None:
    with pytest.raises(Refused, match="Looking took more than 2 GB of memory"), guarded("Looking", 60):
        held = bytearray(1_500_000_000)
        with memory_limit():
            held = [held, bytearray(1_000_000_000)]


@pytest.mark.parametrize("error", [RecursionError, IndexError, SystemError, KeyError])
def test_an_error_is_a_reason(error: type[Exception]) -> None:
    with pytest.raises(Refused, match=r"Looking was not possible \(\w+\)\."), guarded("Looking", 1):
        raise error


def test_a_fault_of_the_machine_is_none_of_the_submission() -> None:
    with pytest.raises(OSError, match="No space left"), guarded("Looking", 1):
        raise OSError("No space left")


def test_whatever_goes_wrong_in_reading_is_a_reason(skeletons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.intake.find.contents_of", lambda *given: [][1])
    found = find_notebooks(HandedIn({"x.ipynb": notebook(["x = 1"])}), skeletons)
    assert found[NAME] == Found(status="refused", reason="Reading what was handed in was not possible (IndexError).")


@pytest.mark.parametrize("sign", ["&#xe000;7&#xe001;", "\ue0007\ue001", "&#57344;0&#57345;", "picture7picture"])
def test_no_sign_of_a_student_stands_for_a_picture(sign: str) -> None:
    page = harmless_markdown(f"<b>{sign}</b>")
    assert page.startswith("<div>") and "<b>" in page


def test_what_cannot_be_rendered_is_shown_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["autograder.intake.harmless"], "rendered", lambda source: [][1])
    assert harmless_markdown("<b>x</b>") == "<div><pre>\n&lt;b&gt;x&lt;/b&gt;\n</pre></div>"

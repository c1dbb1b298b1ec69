"""Notebooks are found among whatever lies beside them: environments, caches, data, pictures."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.check.bank import Entry, build
from autograder.course import Course, read_notebook
from autograder.intake import HandedIn, Skeleton, find_notebooks, read_folder, rebuild
from autograder.intake.find import Found
from autograder.intake.wanted import MAX_FILES

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def right(course: Course) -> Files:
    return {f"{name}.ipynb": text.encode() for name, text in build(Entry("right", ""), course).items()}


@pytest.fixture(scope="module")
def skeletons(course: Course) -> dict[str, Skeleton]:
    return {name: Skeleton(read_notebook(course.release / f"{name}.ipynb")) for name in course.notebooks()}


def as_folder(folder: Path, files: Files) -> HandedIn:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return read_folder(folder)


def as_archive(folder: Path, files: Files) -> HandedIn:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return HandedIn({"lab.zip": data.getvalue()})


def many(pattern: str, count: int = 2500, content: bytes = b"x = 1\n") -> Files:
    return {pattern.format(number % 50, number): content for number in range(count)}


BESIDE: dict[str, tuple[str, Files]] = {
    "an environment": ("lab03/", many("venv/lib/python3.11/site-packages/p{}/m{}.py")),
    "a hidden environment": ("lab03/", many("lab03/.venv/lib/p{}/m{}.py")),
    "an environment of any name": ("", {"dl/pyvenv.cfg": b"", **many("dl/lib/python3.11/p{}/m{}.py")}),
    "one of conda": ("", {"dl/conda-meta/history": b"", **many("dl/lib/p{}/m{}.py")}),
    "the environment that they lie in": ("", {"pyvenv.cfg": b"", **many("lib/p{}/m{}.py")}),
    "git": ("", many(".git/objects/{}/{}", content=b"x")),
    "node": ("z/", many("node_modules/p{}/m{}.json", content=b"{}")),
    "scripts": ("", many("a_{}{:04}.py", 45)),
    "data": ("z/", many("a_{}{:04}.json", 45, b"{}")),
    "more files than are read": ("z/", many("a_{}{:04}.txt")),
    "frames": ("", many("a_frame{}{:05}.png", content=b"\x89PNG")),
}


@pytest.mark.parametrize("hand_in", [as_folder, as_archive])
@pytest.mark.parametrize("case", BESIDE)
def test_notebooks_are_found_beside(
    course: Course, skeletons, right: Files, tmp_path: Path, case: str, hand_in: Callable
) -> None:
    place, others = BESIDE[case]
    own = {f"{place}loesung{number}.ipynb": data for number, data in enumerate(right.values())}
    found = find_notebooks(hand_in(tmp_path, others | own), skeletons)
    for name, each in found.items():
        assert each.status == "graded", each.reason
        assert rebuild(each.cells, read_notebook(course.source / f"{name}.ipynb"), skeletons[name]).unwritten == set()


def test_links_in_an_environment_do_not_refuse_the_archive(skeletons, right: Files) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, content in right.items():
            archive.writestr(path, content)
        link = zipfile.ZipInfo(".venv/bin/python")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/usr/bin/python3")
    found = find_notebooks(HandedIn({"lab.zip": data.getvalue()}), skeletons)
    assert {each.status for each in found.values()} == {"graded"}


def test_the_number_of_files_counts_what_is_kept(tmp_path: Path) -> None:
    handed = as_folder(tmp_path, many("{}/{}.txt", MAX_FILES + 5) | many("p{}/{}.png"))
    assert len(handed.files) == MAX_FILES
    assert sum("after the first 2000 files" in why for why in handed.left_out.values()) == 5


def statuses(found: dict[str, Found]) -> list[str]:
    return [each.status for each in found.values()]


def test_missing_although_something_was_handed_in_is_for_a_person(skeletons, right: Files) -> None:
    first = dict([next(iter(right.items()))])
    given = frozenset(["labtools.py", "requirements.txt"])
    usual = {"labtools.py": b"x = 1", "requirements.txt": b"torch"}
    assert statuses(find_notebooks(HandedIn({}), skeletons, given)) == ["missing"] * 3
    assert statuses(find_notebooks(HandedIn(first | usual), skeletons, given)) == ["graded", "missing", "missing"]
    found = find_notebooks(HandedIn(first | usual | {"answers.txt": b"see my mail"}), skeletons, given)
    assert statuses(found) == ["graded", "refused", "refused"]
    assert found["exercise2_chain_rule"].reason.endswith("Files that were not used: `answers.txt`.")
    assert statuses(find_notebooks(HandedIn(usual), skeletons, given)) == ["refused"] * 3


def test_notebooks_that_lie_where_nobody_looks_are_for_a_person(skeletons, right: Files, tmp_path: Path) -> None:
    found = find_notebooks(as_folder(tmp_path, {f"venv/src/{name}": data for name, data in right.items()}), skeletons)
    assert statuses(found) == ["refused"] * 3 and "`venv/src`" in found["exercise2_chain_rule"].reason

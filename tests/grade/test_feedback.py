"""Feedback and report: what a student reads, and what must not be in there."""

import csv
import zipfile
from html.parser import HTMLParser

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograder.release.leaks import secret_lines
from autograder.report import write_report
from autograder.report.feedback import write_feedback
from autograder.report.feedback_page import without_paths
from autograder.report.upload import archive
from tests.grade.conftest import Run


@pytest.fixture(scope="module")
def pages(graded: Run) -> dict[str, str]:
    return pages_of(graded)


@pytest.fixture(scope="module")
def attack_pages(attacked: Run) -> dict[str, str]:
    return pages_of(attacked)


def pages_of(run: Run) -> dict[str, str]:
    """The feedback of each student, all pages as one text."""
    folders = write_feedback(run.course)
    return {folder.parent.name: "".join(path.read_text() for path in folder.glob("*.html")) for folder in folders}


def test_everybody_gets_a_page_for_each_notebook(graded: Run, pages: dict[str, str]) -> None:
    assert set(pages) == set(graded.results)
    for student in pages:
        names = {path.stem for path in graded.course.feedback(student).glob("*.html")}
        assert names == set(graded.course.notebooks())


def test_messages_of_hidden_checks_are_shown(pages: dict[str, str]) -> None:
    assert "the derivative by x1 is right everywhere" in pages["s02-no-cross-term"]
    assert "x1·x2 is missing" in pages["s02-no-cross-term"]


def test_hidden_tests_and_marking_schemes_are_not(graded: Run, pages: dict[str, str]) -> None:
    markers = ("HIDDEN TESTS", "MARK SCHEME", "_mistakes", "1 point:")
    for student, text in pages.items():
        assert not [marker for marker in markers if marker in text], student
    hidden = [line for line in secret_lines(graded.course) if line.startswith("_") and "&" not in line]
    assert hidden and not [line for line in hidden if line in pages["s05-blank"]]


class Active(HTMLParser):
    """Collects what a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        if tag in ("iframe", "object", "embed", "form"):
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or "javascript:" in (value or ""):
                self.found.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script" and "alert" in data:
            self.found.append(data)


def active(text: str) -> list[str]:
    parser = Active()
    parser.feed(text)
    return parser.found


@pytest.mark.slow
def test_html_of_a_student_does_not_reach_the_page(attack_pages: dict[str, str], pages: dict[str, str]) -> None:
    page = attack_pages["hostile-html"]
    assert "MARKER" in page
    assert active(page) == active(pages["s01-right"])
    assert active('<img src=x onerror="alert(1)"><script>alert(2)</script>') != []


def expect_passive(pages: dict[str, str]) -> None:
    """No page loads or runs anything."""
    for student, text in pages.items():
        soup = BeautifulSoup(text, "html.parser")
        assert not soup.find_all(["script", "link", "iframe", "object"]), student
        assert all(image["src"].startswith("data:image/png;base64,") for image in soup.find_all("img"))


@pytest.mark.slow
def test_pages_of_attacks_need_no_network_and_run_no_script(attacked: Run, attack_pages: dict[str, str]) -> None:
    assert set(attack_pages) == set(attacked.results)
    expect_passive(attack_pages)
    expect_described(attacked)


def test_pages_need_no_network_and_run_no_script(pages: dict[str, str]) -> None:
    expect_passive(pages)
    assert "<math" in pages["s01-right"] and "MathJax" not in pages["s01-right"]


@pytest.mark.usefixtures("pages")
def test_pictures_have_descriptions_and_headings_are_in_order(graded: Run) -> None:
    expect_described(graded)


def expect_described(run: Run) -> None:
    """All pages have a language, headings in order, and pictures with a description."""
    for path in (run.course.root / "feedback").rglob("*.html"):
        soup = BeautifulSoup(path.read_text(), "html.parser")
        assert soup.html["lang"] == "en"
        assert all(image["alt"].strip() for image in soup.find_all("img"))
        levels = [int(heading.name[1]) for heading in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), path


def test_points_that_wait_are_told_from_zero(pages: dict[str, str]) -> None:
    right, blank = (BeautifulSoup(pages[name], "html.parser") for name in ("s01-right", "s05-blank"))
    waiting = [row for row in right.find_all("tr") if row.code and row.code.string == "keep-going"]
    zero = [row for row in blank.find_all("tr") if row.code and row.code.string == "keep-going"]
    assert "– of 2" in waiting[0].text and "not graded yet" in waiting[0].text
    assert "0 of 2" in zero[0].text and "no points" in zero[0].text


def test_the_archive_holds_every_page_by_student(graded: Run, pages: dict[str, str]) -> None:
    with zipfile.ZipFile(archive(graded.course)) as file:
        assert set(file.namelist()) == {
            f"{student}/{name}.html" for student in pages for name in graded.course.notebooks()
        }


def test_folders_of_this_machine_are_cut_out_of_tracebacks() -> None:
    lines = [
        'File "/opt/x/.venv/lib/python3.11/site-packages/torch/nn.py", line 3',
        "\x1b[32m/usr/lib/python3.11/re.py:7",
    ]
    output = nbformat.from_dict({"traceback": [*lines, "/" * 1_000_000, "see a/lib/b"]})
    without_paths(output)
    assert output.traceback[2:] == ["/" * 1_000_000, "see a/lib/b"]
    assert output.traceback[:2] == [
        'File ".../site-packages/torch/nn.py", line 3',
        "\x1b[32m.../lib/python3.11/re.py:7",
    ]


def test_a_damaged_notebook_says_so_in_its_feedback(pages: dict[str, str]) -> None:
    assert "cannot be read as JSON" in pages["s07-damaged"]


def test_the_report_has_a_row_for_everybody(graded: Run) -> None:
    path = write_report(graded.course)
    with open(path.with_suffix(".csv"), newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(graded.results)
    assert float(rows["s05-blank"]["total"]) == 0 and float(rows["s01-right"]["total"]) == 64
    assert all(student in path.read_text() for student in rows)

"""A real browser, and a small graded class whose pages it opens. Screenshots go to tests/artefacts/."""

import copy
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.check.bank import Entry, hand_in, read_bank
from autograder.course import Course
from autograder.grade import autograde
from autograder.record import Writer
from autograder.report import write_feedback, write_report, write_similarity
from tests.grade.conftest import new_course

ARTEFACTS = Path(__file__).resolve().parent.parent / "artefacts"
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ATTACK = "<img src=x onerror=alert(20)>"  # the name of a folder in submitted/
STUDENTS = ["hostile-html", "s01-right", "s02-no-cross-term", "s05-blank", "s07-damaged"]
FLAG = "gradient-formula uses torch's autograd: line <b>3</b>"
TAMPERING = "`test-q01` was changed; it was put back."
SIZE = 60


@pytest.fixture(scope="package")  # Playwright runs an event loop in this thread: it has to end before other tests
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is missing: `apt-get install chromium`, or `make install` as root.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


class Watched:
    """A page, and what happened in it that should not: errors, dialogs, requests to elsewhere."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.trouble: list[str] = []
        page.on("console", lambda message: self.trouble.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", self.note_request)

    def note_request(self, request) -> None:  # type: ignore[no-untyped-def]
        if not request.url.startswith(("file:", "data:")):
            self.trouble.append(f"request: {request.url}")

    def open(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        return self.page

    def screenshot(self, name: str, full_page: bool = False) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=full_page)

    def barriers(self) -> list[str]:
        """What axe-core finds that keeps people from using the page."""
        found = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1100, "height": 1400})
    yield Watched(context.new_page())
    context.close()


@pytest.fixture(scope="session")
def handed_back(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of 60 with feedback and report: five submissions that were graded, and copies of their results.

    A person has given points and a comment for one proof. One student has handed nothing in.
    """
    course = new_course(home, tmp_path_factory.mktemp("handed-back"))
    entries = [*read_bank(home / "tests/lab03/class"), *read_bank(home / "tests/lab03/hostile")]
    for entry in entries:
        if entry.name in STUDENTS:
            hand_in(entry, course)
    hand_in(Entry(name=ATTACK, about=""), course)
    autograde(course)
    with Gradebook(course.database_url) as gradebook:
        grade = gradebook.find_grade("keep-going", "exercise1_gradient_descent", course.lab, "s01-right")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        comment = gradebook.find_comment("keep-going", "exercise1_gradient_descent", course.lab, "s01-right")
        comment.manual_comment = "Why is it a *minimum*, see $f(8, 4)$?"
        gradebook.db.commit()
        gradebook.add_student("s99-absent")
    write_feedback(course)
    with Writer(course) as writer:
        results = [writer.result(name) for name in STUDENTS]
        flagged = copy.deepcopy(results[STUDENTS.index("s01-right")])
        assert flagged is not None
        flagged.student = "s98-flagged"
        flagged.notebooks[0].flags = [FLAG]
        flagged.notebooks[1].tampering = [TAMPERING]
        writer.record(flagged, None)
        for number in range(len(STUDENTS) + 1, SIZE - 2):
            result = results[number % len(results)]
            assert result is not None
            writer.record(replace(result, student=f"s{number:02}-copy"), None)
    write_report(course)
    write_similarity(course)
    return course


def page_of(course: Course, student: str, number: int = 0) -> Path:
    """A page of feedback."""
    return course.feedback(student) / f"{course.notebooks()[number]}.html"

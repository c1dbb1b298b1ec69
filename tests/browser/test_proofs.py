"""A class's proofs are graded with the keyboard alone, and found again in formgrader, feedback and export."""

import csv
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page

from autograder.course import Course
from autograder.export import export_grades
from autograder.record import Marking, Place, Writer, ask
from autograder.report import write_feedback
from tests.browser.jupyter import TOKEN, jupyter, page_of, screenshot
from tests.proofs.serving import Served, served
from tests.record.conftest import blank_gradebook, copy_of, hand_in_proofs

__all__ = ["blank_gradebook"]
pytestmark = pytest.mark.slow

BOOK = "exercise2_chain_rule"
PLACE = Place("lab03", BOOK, "q03")
PROOF = r"$$\sigma'(x) = \frac{e^{-x}}{(1+e^{-x})^2} = \sigma(x)(1-\sigma(x))$$"
BANK = tomllib.loads((Path(__file__).parent.parent / "proofs/derivations.toml").read_text())["proof"]
SINGLE = [entry["text"] for entry in BANK if entry["question"] == "q03"]
COMMENT = "Which rule is that? See $g'(x)$."
ATTACK = "<img src=x onerror=alert(1)><script>alert(2)</script> MARKER"


def a_class(size: int) -> dict[str, str]:
    """Answers to q03: some say nothing, some are equal but for notation, one is an attack, the others differ."""
    texts = ["...", " **?** ", "..."]
    texts += [PROOF, PROOF.replace(" = ", "="), PROOF.replace("frac", "dfrac"), PROOF + " \n", PROOF.replace("$$", "$")]
    texts += [ATTACK, *SINGLE]
    return {f"s{number:03}": texts[number % len(texts)] for number in range(1, size + 1)}


class Keyboard:
    """What a person does at the page, without a mouse."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.count = 0
        page.goto(address)
        self.wait()

    def wait(self) -> None:
        self.page.locator("body[aria-busy=false]").wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1
            self.wait()

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += len(text)

    @property
    def status(self) -> str:
        return self.page.locator("#status").inner_text()

    def students(self) -> list[str]:
        """The names on the page, which `i` shows."""
        return self.page.locator("article h2 small:nth-of-type(2)").all_inner_texts()

    def choose(self, cell: str) -> None:
        for _ in range(3):
            if cell in self.page.locator("#question option:checked").inner_text():
                return
            self.press("w")
        raise AssertionError(f"{cell} is not offered")

    def decide(self) -> None:
        """Enter, until all answers of a group were looked at."""
        for _ in range(60):
            self.press("Enter")
            if "Look at this one too" not in self.status:
                return


@pytest.fixture(scope="module")
def course(blank_gradebook: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = copy_of(blank_gradebook, tmp_path_factory.mktemp("proofs"))
    hand_in_proofs(course, {student: {"q03": text} for student, text in a_class(30).items()})
    with Writer(course) as writer:
        ask(Marking(writer, "lms"), PLACE, "s007", "Why did I lose points? <b>I</b> used the chain rule.")
    return course


@pytest.fixture(scope="module")
def graded(course: Course, browser: Browser) -> dict[str, tuple[float, str]]:
    """Grade all with the keyboard. Returns what every student should have: score, and a part of the comment."""
    wanted: dict[str, tuple[float, str]] = {}
    trouble: list[str] = []
    with served(course) as server, page_of(browser, trouble) as page:
        keyboard = Keyboard(page, server.address)
        keyboard.choose("q03")
        keyboard.press("i")
        apart = ""
        while students := keyboard.students():
            kind = page.locator("#why").inner_text()
            if page.locator(".request textarea").count():
                keyboard.press("r")
                keyboard.type("The square was missing.")
                keyboard.press("Control+Enter", "Escape")
            if "Nothing is written" in kind or "..." in page.locator("article").first.inner_text():
                keyboard.press("0")
                wanted |= dict.fromkeys(students, (0.0, ""))
            elif len(students) > 2 and not apart:
                assert "equal" in kind or "share most" in kind
                keyboard.press("j")
                apart = students[1]
                keyboard.press("x")
                assert apart not in keyboard.students() and len(keyboard.students()) == len(students) - 1
                keyboard.press("f")
                wanted |= dict.fromkeys(keyboard.students(), (2.0, "This is brought to the form"))
            elif students == [apart]:
                keyboard.press("1", "3", "c")
                keyboard.type(COMMENT)
                keyboard.press("Escape")
                wanted[apart] = (0.5, "Which rule is that?")
                screenshot(page, "proofs-single")
            else:
                keyboard.press("1")
                wanted |= dict.fromkeys(students, (1.0, "σ is differentiated correctly"))
            keyboard.decide()
        screenshot(page, "proofs-done")
        # Enter once too often, and undone; then the first item is worth less for all who have it.
        keyboard.press("p", "Enter", "u", "e")
        keyboard.press("Control+a")
        keyboard.type("0.75")
        keyboard.press("Enter")
        assert "decisions changed with it" in keyboard.status
        keyboard.press("Escape")
        screenshot(page, "proofs-item")
    assert trouble == []
    assert apart and len(wanted) == 30
    less = {2.0: 1.75, 1.0: 0.75, 0.5: 0.25}
    return {student: (less.get(score, score), words) for student, (score, words) in wanted.items()}


def test_every_score_and_comment_is_nbgraders(course: Course, graded: dict[str, tuple[float, str]]) -> None:
    with Gradebook(course.database_url) as gradebook:
        for student, (score, words) in graded.items():
            grade = gradebook.find_grade("q03", BOOK, "lab03", student)
            comment = gradebook.find_comment("q03", BOOK, "lab03", student).comment or ""
            assert (grade.manual_score, bool(grade.needs_manual_grade)) == (score, False), student
            assert words in comment and ("+0.75: σ is" in comment) == (score > 0), student


def test_every_score_and_comment_is_in_formgrader(
    course: Course, graded: dict[str, tuple[float, str]], browser: Browser, tmp_path: Path
) -> None:
    with Gradebook(course.database_url) as gradebook:
        books = {each: gradebook.find_submission_notebook(BOOK, "lab03", each).id for each in graded}
    trouble: list[str] = []
    with jupyter(course.root, tmp_path) as address, page_of(browser, trouble) as page:
        for student, (score, words) in graded.items():
            grades, comments = (
                page.request.get(f"{address}/formgrader/api/{kind}?submission_id={books[student]}&token={TOKEN}").json()
                for kind in ("grades", "comments")
            )
            assert [each["manual_score"] for each in grades if each["name"] == "q03"] == [score]
            (comment,) = [each["manual_comment"] or "" for each in comments if each["name"] == "q03"]
            assert words in comment
        student = next(each for each, (score, _) in graded.items() if score == 0.25)
        page.goto(f"{address}/formgrader/submissions/{books[student]}/?token={TOKEN}")
        page.locator("#q03-comment[placeholder]").wait_for()
        page.wait_for_function("document.getElementById('q03').value !== ''")
        assert page.locator("[id='q03']").input_value() == "0.25"
        assert COMMENT in page.locator("#q03-comment").input_value()
        screenshot(page, "proofs-formgrader")
    assert trouble == []


def test_every_score_and_comment_is_in_the_feedback(course: Course, graded: dict[str, tuple[float, str]]) -> None:
    write_feedback(course)
    for student, (score, words) in graded.items():
        text = (course.feedback(student) / f"{BOOK}.html").read_text()
        assert f"{score:g} of 2" in text and words in text, student
        assert "Edit" not in text and "<script" not in text
    asked = (course.feedback("s007") / f"{BOOK}.html").read_text()
    assert "Why did I lose points? &lt;b&gt;I&lt;/b&gt;" in asked and "The square was missing." in asked


def test_every_score_is_in_the_export(course: Course, graded: dict[str, tuple[float, str]]) -> None:
    with open(export_grades(course, "csv", partial=True), newline="") as file:
        rows = {row["student"]: float(row["before_penalty"]) for row in csv.DictReader(file)}
    assert rows == {student: score for student, (score, _) in graded.items()}


@pytest.fixture
def fresh(blank_gradebook: Course, tmp_path: Path) -> Iterator[Callable[[int], Served]]:
    """Serves a class of a size of its own."""
    running = []

    def start(size: int) -> Served:
        course = copy_of(blank_gradebook, tmp_path)
        hand_in_proofs(course, {student: {"q03": text} for student, text in a_class(size).items()})
        running.append(served(course))
        return running[0].__enter__()

    yield start
    running[0].__exit__(None, None, None)


def test_people_who_do_not_see_can_use_it(fresh: Callable[[int], Served], browser: Browser) -> None:
    trouble: list[str] = []
    with page_of(browser, trouble) as page:
        keyboard = Keyboard(page, fresh(12).address)
        keyboard.choose("q03")
        for keys in (["n"], ["n"], ["e"], ["Escape", "r"], ["Escape", "?"]):
            keyboard.press(*keys)
            found = Axe().run(page).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert trouble == []


def test_nothing_of_a_student_runs(fresh: Callable[[int], Served], browser: Browser) -> None:
    trouble: list[str] = []
    with page_of(browser, trouble) as page:
        page.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        keyboard = Keyboard(page, fresh(12).address)
        keyboard.choose("q03")
        while "MARKER" not in page.locator("#cards").inner_text():
            keyboard.press("m")
        page.wait_for_timeout(300)
        assert page.locator("#cards img, #cards script").count() == 0
        assert trouble == []
        page.evaluate("document.getElementById('cards').innerHTML = '<img src=x onerror=alert(1)>'")
        page.wait_for_timeout(300)
        assert trouble and not [line for line in trouble if line.startswith(("dialog", "request"))]  # the policy


def test_an_item_can_be_changed_when_nothing_is_left(fresh: Callable[[int], Served], browser: Browser) -> None:
    trouble: list[str] = []
    with page_of(browser, trouble) as page:
        keyboard = Keyboard(page, fresh(3).address)
        keyboard.choose("q03")
        keyboard.press("i")
        while keyboard.students():
            keyboard.press("1")
            keyboard.decide()
        keyboard.press("e", "Control+a")
        keyboard.type("0.5")
        keyboard.press("Enter")
        assert keyboard.status == "Saved; 3 decisions changed with it."
        for wrong in ("", "e"):
            keyboard.press("Control+a", "Delete")
            keyboard.type(wrong)
            keyboard.press("Enter")
            assert keyboard.status == "Points have to be a number: nothing is saved."
    assert trouble == []


def test_300_answers_open_in_two_seconds(fresh: Callable[[int], Served], browser: Browser) -> None:
    trouble: list[str] = []
    server = fresh(300)
    with page_of(browser, trouble) as page:
        process = psutil.Process(server.pid)
        before, started = sum(process.cpu_times()[:2]), time.monotonic()
        page.goto(server.address)
        page.locator("article").first.wait_for()
        seconds, work = time.monotonic() - started, sum(process.cpu_times()[:2]) - before
        assert "of 300 done" in page.locator("#count").inner_text()
    print(f"300 answers: {seconds:.2f} s, of which the server worked {work:.2f} s")
    assert work < 1, "the server's own work, whatever else this machine has to do"

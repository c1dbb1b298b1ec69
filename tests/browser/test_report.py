"""The report of a class of 60 in a real browser: opened, sorted, searched, by mouse and by keyboard."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from autograder.course import Course
from tests.browser.conftest import ATTACK, FLAG, SIZE, TAMPERING, Watched

pytestmark = pytest.mark.slow  # Chromium

STUDENTS = 'table[data-name="students"]'


@pytest.fixture
def report(handed_back: Course, watched: Watched) -> Page:
    return watched.open(handed_back.root / "report" / "lab03.html")


def column(page: Page, number: int) -> list[str]:
    """The values of a column of the table of students, as it sorts them."""
    script = "(cells) => cells.map(cell => cell.dataset.value ?? cell.textContent.trim())"
    return page.locator(f"{STUDENTS} tbody tr :nth-child({number + 1})").filter(visible=True).evaluate_all(script)


def test_it_opens_without_errors_and_requests(report: Page, watched: Watched) -> None:
    assert report.locator(f"{STUDENTS} tbody tr").count() == SIZE
    assert report.locator("svg[role=img] > title").count() == 3
    for picture in report.locator("svg[role=img]").all():
        box = picture.bounding_box()
        assert box is not None and box["width"] > 300 and box["height"] > 100
    watched.screenshot("report")
    watched.screenshot("report-whole", full_page=True)
    assert watched.trouble == []


def test_students_are_sorted_by_mouse_and_keyboard(report: Page, watched: Watched) -> None:
    head = report.locator(f"{STUDENTS} th", has_text="Total")
    head.locator("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    values = column(report, 4)
    assert values[-1] == "" and values[:-1] == sorted(values[:-1], key=float, reverse=True)
    report.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    values = column(report, 4)
    assert values[-1] == "" and values[:-1] == sorted(values[:-1], key=float) and values[0] == "0.0"
    report.locator(f"{STUDENTS} th button", has_text="Student").press("Space")
    assert column(report, 0) == sorted(column(report, 0), key=str.lower) or column(report, 0)[0] == ATTACK
    expect(head).not_to_have_attribute("aria-sort", "ascending")
    assert "sorted by Student" in report.locator("#status").inner_text()
    assert watched.trouble == []


def test_students_are_searched(report: Page, watched: Watched) -> None:
    field = report.get_by_label("Search in students")
    field.fill("crashed copy")
    rows = report.locator(f"{STUDENTS} tbody tr").filter(visible=True)
    assert 0 < rows.count() < SIZE and all("crashed" in row for row in rows.all_inner_texts())
    expect(report.get_by_text(f"{rows.count()} of {SIZE} shown")).to_be_visible()
    watched.screenshot("report-searched")
    field.fill("")
    assert rows.count() == SIZE
    assert watched.trouble == []


def test_a_zero_is_told_from_no_grade(report: Page) -> None:
    def cells(student: str) -> list[str]:
        row = report.locator(f"{STUDENTS} tbody tr").filter(
            has=report.get_by_role("rowheader", name=student, exact=True)
        )
        return [text.split("\n")[0] for text in row.locator("td").all_inner_texts()]

    assert cells("s05-blank")[:5] == ["0", "0", "0", "0", "graded"]
    assert cells("s07-damaged")[0] == "–" and cells("s07-damaged")[4] == "crashed"
    assert cells("s99-absent")[:5] == ["–", "–", "–", "–", "not handed in"]
    assert cells("s01-right")[4] == "waiting"


def test_flags_and_tampering_ask_for_a_person(report: Page) -> None:
    persons = report.locator('table[data-name="what needs a person"] tbody tr', has_text="s98-flagged")
    assert {FLAG, TAMPERING} <= {row.locator("td").last.inner_text() for row in persons.all()}
    reasons = report.locator('table[data-name="what needs a person"] tbody tr td:last-child').all_inner_texts()
    usual = [reason == "waits for its points" for reason in reasons]
    assert not usual[0] and usual == sorted(usual)  # what is not usual comes first
    for name, text in (("flags", FLAG), ("tampering", TAMPERING)):
        row = report.locator(f"#{name} + .scroll tbody tr")
        assert row.count() == 1 and text in row.inner_text()


def test_names_and_messages_of_students_stay_text(report: Page, watched: Watched) -> None:
    assert report.get_by_role("rowheader", name=ATTACK, exact=True).count() > 0
    assert report.locator("img").count() == 0
    assert watched.trouble == []


def test_people_who_do_not_see_can_use_it(report: Page, watched: Watched) -> None:
    assert watched.barriers() == []


def test_it_can_be_read_without_scripts(handed_back: Course, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((handed_back.root / "report" / "lab03.html").as_uri())
    assert page.locator(f"{STUDENTS} tbody tr").count() == SIZE
    context.close()


def test_the_json_file_says_the_same(handed_back: Course) -> None:
    data = json.loads((handed_back.root / "report" / "lab03.json").read_text())
    rows = {row["student"]: row for row in data["students"]}
    assert len(rows) == SIZE and rows["s99-absent"]["total"] is None and rows["s05-blank"]["total"] == 0
    assert {case["student"] for case in data["persons"]} >= {"s01-right", "s07-damaged"}
    assert any("x1·x2 is missing" in mistake["message"] for mistake in data["mistakes"])


def test_similar_pairs_are_read_side_by_side(handed_back: Course, watched: Watched) -> None:
    page = watched.open(handed_back.root / "report" / "lab03-similarity.html")
    assert page.locator("h1").inner_text() == "Similar answers in lab03"
    assert watched.barriers() == [] and watched.trouble == []
    watched.screenshot("similarity", full_page=True)

"""Feedback in a real browser: nothing of a student runs, nothing is fetched, everything can be read."""

from pathlib import Path

import pytest

from autograder.course import Course
from tests.browser.conftest import ATTACK, STUDENTS, Watched, page_of

pytestmark = pytest.mark.slow  # Chromium


@pytest.mark.parametrize("student", [*STUDENTS, ATTACK])
def test_pages_open_without_errors_requests_and_dialogs(handed_back: Course, watched: Watched, student: str) -> None:
    for number in range(len(handed_back.notebooks())):
        page = watched.open(page_of(handed_back, student, number))
        assert page.locator("h1").count() == 1
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert watched.trouble == []


def test_an_attack_is_shown_as_text(handed_back: Course, watched: Watched) -> None:
    page = watched.open(page_of(handed_back, "hostile-html"))
    page.wait_for_timeout(300)
    assert "<script>alert(10)</script>" in page.locator("pre.output", has_text="alert(10)").first.inner_text()
    assert page.locator("p", has_text="MARKER").is_visible()
    page.get_by_text("click", exact=True).click()
    assert page.locator("script, iframe, [onerror], [onload]").count() == 0
    watched.screenshot("feedback-attack", full_page=True)
    assert watched.trouble == []


def test_the_same_attack_runs_where_nobody_keeps_it_out(watched: Watched, tmp_path: Path) -> None:
    path = tmp_path / "raw.html"
    path.write_text(
        '<p>MARKER <img src=x onerror="alert(1)"><script>alert(2)</script><script src="http://[::1]:9/"></script>'
    )
    page = watched.open(path)
    page.wait_for_timeout(300)
    kinds = {line.split(":")[0] for line in watched.trouble}
    assert {"dialog", "request"} <= kinds


def test_the_policy_of_a_page_stops_what_would_get_through(
    handed_back: Course, watched: Watched, tmp_path: Path
) -> None:
    text = page_of(handed_back, "s01-right").read_text()
    assert "</main>" in text
    path = tmp_path / "attacked.html"
    path.write_text(text.replace("</main>", '<img src=x onerror="alert(1)"><script>alert(2)</script></main>'))
    page = watched.open(path)
    page.wait_for_timeout(300)
    assert watched.trouble and not [line for line in watched.trouble if line.startswith(("dialog", "request"))]


def test_points_checks_comment_and_formulas_are_there(handed_back: Course, watched: Watched) -> None:
    page = watched.open(page_of(handed_back, "s01-right"))
    assert "19.5 of 20 points" in page.locator(".total").inner_text()
    comment = page.locator(".comment")
    assert "Why is it a minimum" in comment.inner_text() and comment.locator("math").count() == 1
    box = page.locator("math[display=block]").first.bounding_box()
    assert box is not None and box["width"] > 50 and box["height"] > 10
    watched.screenshot("feedback")
    page = watched.open(page_of(handed_back, "s02-no-cross-term"))
    failed = page.locator("#cell-test-gradient-formula").locator("xpath=..").locator("tr", has_text="failed")
    assert failed.count() == 2 and "x1·x2 is missing" in failed.first.inner_text()


def test_the_table_of_points_leads_to_the_cells(handed_back: Course, watched: Watched) -> None:
    page = watched.open(page_of(handed_back, "s02-no-cross-term"))
    links = page.locator("table").first.locator("a")
    assert links.count() == 7
    links.nth(3).press("Enter")
    assert page.url.endswith("#cell-test-my-function")
    assert page.locator("#cell-test-my-function").is_visible()


@pytest.mark.parametrize("student", ["s01-right", "s07-damaged", "hostile-html"])
def test_people_who_do_not_see_can_use_it(handed_back: Course, watched: Watched, student: str) -> None:
    for number in range(len(handed_back.notebooks())):
        watched.open(page_of(handed_back, student, number))
        assert watched.barriers() == []


@pytest.mark.parametrize("student", ["s01-right", "s07-damaged", "hostile-html"])
def test_it_fits_a_phone(handed_back: Course, watched: Watched, student: str) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    for number in range(len(handed_back.notebooks())):
        page = watched.open(page_of(handed_back, student, number))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert watched.barriers() == []
    watched.screenshot(f"feedback-phone-{student}")


def test_it_prints(handed_back: Course, watched: Watched) -> None:
    page = watched.open(page_of(handed_back, "s02-no-cross-term"))
    page.emulate_media(media="print")
    watched.screenshot("feedback-print", full_page=True)
    assert not page.locator("summary").first.is_visible()
    assert page.locator("table").first.is_visible() and page.pdf()[:4] == b"%PDF"

"""What students write is shown as they meant it, and runs nothing."""

import pytest

from autograder.intake import harmless, harmless_markdown


@pytest.mark.parametrize(
    "text", ["It stays there.", "$x_1 \\to 8$, **because** the gradient is *zero*", "- one\n- two"]
)
def test_plain_markdown_stays_as_it_is(text: str) -> None:
    assert harmless_markdown(text) == text


def test_markup_is_kept_as_far_as_it_is_harmless() -> None:
    page = harmless_markdown("Since $a < b$ it is **so**, see [here](https://example.org).\n\n    code & more")
    assert "<strong>so</strong>" in page and 'href="https://example.org"' in page and "$a &lt; b$" in page
    assert "&lt;p&gt;" not in page and "\n\n" not in page


def test_what_is_longer_than_any_answer_is_shown_as_written() -> None:
    """Rendering some of these takes a time that grows with the square of the length."""
    for text in (101_000 * "<", 21_000 * "<div>", "|a|\n|-|\n" + 15_000 * "|<a>|\n\n", 26_000 * "<\n-\n"):
        page = harmless_markdown(text)
        assert page.startswith("<div><pre>\n") and page.endswith("\n</pre></div>") and "\n\n" not in page
        assert page.count("<") == 4 and page.count("&lt;") == text.count("<")


@pytest.mark.parametrize("text", ["![sketch](attachment:image.png)", "![sketch](https://example.org/a.png)"])
def test_pictures_are_named_not_shown(text: str) -> None:
    page = harmless_markdown(text)
    assert "[picture: sketch]" in page and "<img" not in page and "example.org" not in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<svg/onload="alert(1)">',
        "[click](javascript:alert(1))",
        "[click](java&#115;cript:alert(1))",
        "[click][1]\n\n[1]: javascript:alert(1)",
        "<javascript:alert(1)>",
        '<a href="vbscript:x" onclick="y">a</a>',
        '<div style="background:url(javascript:alert(1))">a</div>',
        "<iframe src='https://example.org'></iframe>",
        "<form action='https://example.org'><input></form>",
    ],
)
def test_active_content_is_taken_out(text: str) -> None:
    from tests.grade.test_feedback import active

    assert active(harmless_markdown(text)) == []


def test_outputs_keep_text_and_pictures_only() -> None:
    data = {"text/html": "<b>x</b>", "text/plain": "x", "application/javascript": "1", "image/svg+xml": "<svg/>"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    assert harmless(output)["data"] == {"text/plain": "x"}
    assert harmless({"output_type": "display_data", "data": {"image/png": "PHN2Zz4="}}) is None
    assert harmless({"output_type": "display_data", "data": 7}) is None

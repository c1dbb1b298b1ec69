"""Formulas become MathML; what cannot be converted stays readable, and nothing becomes active."""

from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograder.report.mathml import FORMULA, formulas_to_mathml, to_mathml


def test_all_formulas_of_the_masters_are_converted(home: Path) -> None:
    pages = [cell.source for path in (home / "source").rglob("*.ipynb") for cell in nbformat.read(path, 4).cells]
    found = [match for page in pages for match in FORMULA.finditer(page) if "\\" in match[0]]
    assert len(found) > 50
    for match in found:
        latex = match["display"] or match["environment"] or match["inline"]
        assert to_mathml(latex.strip(), True), latex


@pytest.mark.parametrize("name", ["aligned", "align*", "split", "gathered", "cases", "pmatrix"])
def test_rows_and_columns_become_a_table(name: str) -> None:
    page = to_mathml(rf"\begin{{{name}}} a &= b \\ c &= d \end{{{name}}}", True)
    assert page and page.count("<mtr>") == 2 and page.count("<mtd") == 4 and "&amp;" not in page.split(">", 1)[1]


def converted(page: str) -> str:
    soup = BeautifulSoup(page, "html.parser")
    formulas_to_mathml(soup)
    return str(soup)


def test_text_around_formulas_and_code_stay() -> None:
    page = converted("<p>Since $a &lt; b$ it <b>holds</b> &amp; so</p><pre>cost = $5 + $6</pre>")
    assert page.startswith("<p>Since <math") and "<mo>&lt;</mo>" in page
    assert page.endswith("it <b>holds</b> &amp; so</p><pre>cost = $5 + $6</pre>")


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<img src=x onerror=alert(1)>}",
        r"\text{&lt;script>alert(1)&lt;/script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(https://example.org)}{x}",
        r"\class{x\" onclick=\"alert(1)}{x}",
    ],
)
def test_formulas_bring_no_markup_with_them(latex: str) -> None:
    soup = BeautifulSoup(to_mathml(latex, False) or "", "html.parser")
    assert not soup.find(["img", "script", "a"])
    names = {name for tag in soup.find_all(True) for name in tag.attrs}
    assert not names & {"href", "style", "class", "onclick", "onerror", "src"}


@pytest.mark.parametrize(
    "latex",
    [
        r"\left( a",
        r"\def\a{\a\a}\a",
        r"\newcommand{\a}{b}\a",
        r"\unknown{x}",
        r"\begin{odd}a & b\end{odd}",
        "x" * 5000,
        "{" * 2900,
    ],
)
def test_what_cannot_be_converted_stays_readable(latex: str) -> None:
    assert to_mathml(latex, False) is None
    shown = latex.replace("&", "&amp;")
    assert f'<code class="latex">${shown}$</code>' in converted(f"<p>${shown}$</p>")

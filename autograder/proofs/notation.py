"""Answers in one notation, so that those which differ only in how they are written become the same text.

All of it takes time in proportion to the length of an answer, of which at most MAX_ANSWER characters are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_ANSWER = 20_000  # characters
FORMULA = re.compile(
    r"\$\$(?P<display>[^$]+)\$\$|\$(?P<inline>[^$]+)\$|\\\[(?P<bracket>.{1,3000}?)\\\]|\\\((?P<round>.{1,3000}?)\\\)"
    r"|\\begin\{(?P<name>align|aligned|equation|gather|eqnarray)\*?\}(?P<lines>.{1,3000}?)\\end\{(?P=name)\*?\}",
    re.DOTALL,
)
#: commands that change how a formula looks, not what it says
LOOKS = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|nolimits|,|;|:|!|>|quad\b|qquad\b| )(?![a-zA-Z])|&|~"
)
SAME = [
    (re.compile(r"\\[dtc]frac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\(?:cdot|times|ast)(?![a-zA-Z])"), "*"),
    (
        re.compile(r"\\(?:operatorname|mathrm|text|mathit|rm)\s*\{\s*(tanh|sinh|cosh|exp|ln|log|sin|cos|tan)\s*\}"),
        r"\\\1",
    ),
    (re.compile(r"\\(?:varsigma)(?![a-zA-Z])"), r"\\sigma"),
    (re.compile(r"\^\s*\{?\s*\\prime\s*\}?|′|’"), "'"),
    (re.compile(r"\\lbrack|\\\{|\["), "("),
    (re.compile(r"\\rbrack|\\\}|\]"), ")"),
    (re.compile(r"\^\s*\{\s*([0-9A-Za-z])\s*\}"), r"^\1"),
    (re.compile(r"_\s*\{\s*([0-9A-Za-z])\s*\}"), r"_\1"),
]
SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "∗": "*", "σ": r"\sigma ", "“": '"', "”": '"'})


def formulas(text: str) -> Iterator[str]:
    """The formulas in a text of Markdown, without their dollar signs."""
    for match in FORMULA.finditer(text[:MAX_ANSWER]):
        yield next(part for part in match.group("display", "inline", "bracket", "round", "lines") if part)


def plain_formula(latex: str) -> str:
    """A formula without what only changes its looks, in one notation, without white space."""
    latex = LOOKS.sub(" ", latex.translate(SIGNS))
    for pattern, instead in SAME:
        latex = pattern.sub(instead, latex)
    latex = re.sub(r"\\\\(?:\[[^\]]{0,20}\])?", " ", latex)
    return re.sub(r"\s+", "", latex).rstrip(".,;")


def plain(text: str) -> str:
    """An answer in one notation: formulas as above, words in small letters, without marks of Markdown and stops.

    Empty for an answer that says nothing.
    """
    text = unicodedata.normalize("NFC", re.sub(r"<[^<>]{0,200}>", " ", text[:MAX_ANSWER]))
    parts, end = [], 0
    for match in FORMULA.finditer(text):
        found = next(part for part in match.group("display", "inline", "bracket", "round", "lines") if part)
        parts += [words(text[end : match.start()]), plain_formula(found)]
        end = match.end()
    parts.append(words(text[end:]))
    return " ".join(part for part in parts if part)


def words(text: str) -> str:
    return " ".join(re.sub(r"[\s*_#>`$.,;:!?\"()-]+", " ", text.translate(SIGNS).lower()).split())

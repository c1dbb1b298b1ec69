"""Answers in one notation, so that those which differ only in how they are written become the same text.

All of it takes time in proportion to the length of an answer, of which at most MAX_ANSWER characters are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_ANSWER = 20_000  # characters
OPENING = re.compile(
    r"\$\$|(?<!\\)\$|(?<!\\)\\\[|(?<!\\)\\\(|\\begin\{(?P<name>align|aligned|equation|gather|eqnarray)(?P<star>\*?)\}"
)
CLOSING = {"$$": "$$", "$": "$", "\\[": "\\]", "\\(": "\\)"}
#: commands that change how a formula looks, not what it says
LOOKS = re.compile(
    r"(?<!\\)\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|nolimits|,|;|:|!|>|quad\b|qquad\b| )"
    r"(?![a-zA-Z])|&|~"
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


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Where the formulas of a text of Markdown begin and end, and each without its dollar signs or their like."""
    place, missing = 0, set()
    while opening := OPENING.search(text, place):
        closing = CLOSING.get(opening[0]) or f"\\end{{{opening['name']}{opening['star']}}}"
        end = -1 if closing in missing else text.find(closing, opening.end())
        if end < 0:
            missing.add(closing)  # and is not looked for again
            place = opening.end()
            continue
        place = end + len(closing)
        yield opening.start(), place, text[opening.end() : end]


def formulas(text: str) -> Iterator[str]:
    """The formulas in a text of Markdown, without their dollar signs."""
    for _, _, latex in spans(text[:MAX_ANSWER]):
        yield latex


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
    parts, last = [], 0
    for start, end, latex in spans(text):
        parts += [words(text[last:start]), plain_formula(latex)]
        last = end
    parts.append(words(text[last:]))
    return " ".join(part for part in parts if part)


def words(text: str) -> str:
    return " ".join(re.sub(r"[\s*_#>`$.,;:!?\"()-]+", " ", text.translate(SIGNS).lower()).split())

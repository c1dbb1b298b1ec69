"""From an answer's formulas to chains of expressions that are said to be equal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.proofs.notation import SIGNS, formulas

MAX_EXPRESSIONS = 60  # of an answer
LOOKS = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|blacksquare|square|qed)(?![A-Za-z])|(?<!\\)\\[,;:!> ]|[&~]"
    r"|\\(?:begin|end)\{(?:align|aligned|split|gather|gathered)\*?\}"
)
SAME = [
    (re.compile(r"\\[dtc]frac(?![A-Za-z])"), r"\\frac "),
    (re.compile(r"\\(?:times|ast)(?![A-Za-z])|\*"), r"\\cdot "),
    (
        re.compile(r"\\(?:operatorname|mathrm|text|mathit)\s*\{\s*(tanh|sinh|cosh|exp|ln|log|sin|cos|tan)\s*\}"),
        r"\\\1 ",
    ),
    (re.compile(r"\\(?:mathrm|text)\s*\{\s*d\s*\}|\\(?:mathrm|rm) d|\\partial(?![A-Za-z])"), "d"),
    (re.compile(r"\\(?:mathrm|text)\s*\{\s*e\s*\}|\\mathrm e"), "e"),
    (re.compile(r"\^\s*\{?\s*\\prime\s*\}?|[′’]"), "'"),
    (re.compile(r"\\(?:lbrack|\{)|\["), "("),
    (re.compile(r"\\(?:rbrack|\})|\]"), ")"),
]
#: between one statement and the next
BETWEEN = re.compile(
    r"\\\\|\\q?quad(?![A-Za-z])|\\(?:text|mbox|textrm|mathrm)\s*\{[^{}]*\}"
    r"|\\(?:Rightarrow|Longrightarrow|implies|iff|Leftrightarrow|therefore|to|rightarrow|leadsto)(?![A-Za-z])|;"
)


def chains(text: str) -> Iterator[list[str]]:
    """The chains in a text of Markdown: two or more expressions, in LaTeX, between which equals signs stand."""
    left = MAX_EXPRESSIONS
    for latex in formulas(text):
        for chain in in_formula(latex):
            if len(chain) > 1 and left > 0:
                yield chain[:left]
                left -= len(chain)


def in_formula(latex: str) -> list[list[str]]:
    """The chains of one formula. A line that begins with an equals sign goes on with the one before."""
    latex = LOOKS.sub(" ", latex.translate(SIGNS))
    for pattern, instead in SAME:
        latex = pattern.sub(instead, latex)
    found: list[list[str]] = []
    for statement in BETWEEN.split(latex):
        parts = [" ".join(part.split()).rstrip(".,: ") for part in re.split(r":?=", statement)]
        if len(parts) > 1 and not parts[0] and found:
            found[-1] += parts[1:]
        elif any(parts):
            found.append(parts)
    return found

"""A check of derivations, for the eye of who grades: is each equation of an answer true in numbers?

Names mean what the question or the answer defines ("σ(x) = 1/(1 + e^(−x))"). An equation fails only where it is read
whole, all its names are known, and no way of reading it makes both sides equal at any place that was tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import antlr4  # noqa: F401 (SymPy would say only when it reads that this is missing)
import sympy
from mpmath import mp, mpf
from sympy.core.function import AppliedUndef
from sympy.parsing.latex import parse_latex

from autograder.proofs.chains import chains
from autograder.proofs.numbers import NoNumber, Numbers, Reading, Unknown
from autograder.proofs.spelling import Unreadable, for_parser

PLACES = ("0.37", "-0.81", "1.43", "2.19")  # values of the variable
EQUAL, DIFFERENT = mpf(10) ** -9, mpf(10) ** -6  # relative; what lies between is neither
FEWEST = 2  # places with a value on both sides


@dataclass(frozen=True)
class Step:
    """Two sides of an equation, in LaTeX. `state` is "holds", "fails" or "unread"."""

    left: str
    right: str
    state: str


def read(latex: str) -> Any:
    """An expression as SymPy's parser reads it, or None."""
    try:
        return parse_latex(for_parser(latex), strict=True)
    except Exception:  # the parser knows many errors, and students write what they like
        return None


def check(question: str, answer: str) -> list[Step]:
    """Try the equations of an answer. Both texts are Markdown with formulas."""
    given = [[(latex, read(latex)) for latex in chain] for chain in chains(question)]
    own = [[(latex, read(latex)) for latex in chain] for chain in chains(answer)]
    variable = variable_of(given) or variable_of(own) or "x"
    definitions = defined(given, variable)
    definitions = {**defined(own, variable, set(definitions)), **definitions}
    steps = []
    for chain in own:
        for number, ((left, one), (right, other)) in enumerate(itertools.pairwise(chain)):
            name = name_of(one, variable)
            if number == 0 and name and definitions.get(name[0], ("", None))[1] is other:
                continue  # it says what the name means
            steps.append(Step(left, right, compare(one, other, variable, definitions)))
    return steps


def variable_of(found: list) -> str:
    """The letter that functions are applied to: x in f(x)."""
    for _, node in itertools.chain(*found):
        for each in node.atoms(AppliedUndef) if node is not None else ():
            if len(each.args) == 1 and isinstance(each.args[0], sympy.Symbol):
                return each.args[0].name
    return ""


def name_of(node: Any, variable: str) -> tuple[str, str] | None:
    """The name and parameter of what may be defined: `u`, `f(x)`."""
    if isinstance(node, sympy.Symbol) and node.name not in (variable, "e"):
        return node.name, ""
    if isinstance(node, AppliedUndef) and len(node.args) == 1 and isinstance(node.args[0], sympy.Symbol):
        return node.func.__name__, node.args[0].name
    return None


def defined(found: list, variable: str, known: set[str] = frozenset()) -> dict[str, tuple[str, Any]]:  # type: ignore[assignment]
    """What the chains define: name → parameter, expression. A name with two meanings has none."""
    meanings: dict[str, list[tuple[str, Any]]] = {}
    for (_, one), (_, other), *_ in found:
        name = name_of(one, variable)
        if name and name[0] not in known and other is not None and not mentions(other, name[0]):
            meanings.setdefault(name[0], []).append((name[1], other))
    return {name: each[0] for name, each in meanings.items() if all(other == each[0] for other in each)}


def mentions(node: Any, name: str) -> bool:
    applied = {each.func.__name__ for each in node.atoms(AppliedUndef)}
    return name in applied | {each.name for each in node.atoms(sympy.Symbol)}


def readings(variable: str, definitions: dict, *nodes: Any) -> Iterator[Reading]:
    names = {each.name for node in nodes for each in node.atoms(sympy.Symbol)} & set(definitions)
    for products in ("fitting", "never", "always"):
        for prime in ("", *sorted(names)[:4]):
            yield Reading(variable, definitions, products, prime)


def compare(one: Any, other: Any, variable: str, definitions: dict) -> str:
    """Whether two expressions are the same: "holds", "fails" or "unread"."""
    if one is None or other is None:
        return "unread"
    both = list(readings(variable, definitions, one, other))
    left, right = ([values(node, reading) for reading in both] for node in (one, other))
    pairs = [differences(a, b) for a in left for b in right if a and b]
    pairs = [pair for pair in pairs if len(pair) >= FEWEST]
    if any(max(pair) < EQUAL for pair in pairs):
        return "holds"
    certain = pairs and all(min(pair) > DIFFERENT for pair in pairs) and not any(each is None for each in left + right)
    if not certain or any(condition(node, variable) for node in (one, other)):
        return "unread"
    return "fails"


def condition(node: Any, variable: str) -> bool:
    """Whether an equation with this side may be meant for one value of the variable only: `x = 0`, `f'(x) = 0`."""
    return bool(node.is_number) or (isinstance(node, sympy.Symbol) and node.name == variable)


def values(node: Any, reading: Reading) -> list[mpf | None] | None:
    """The values of an expression at all places; None where one of its names is unknown or it is not read."""
    found: list[mpf | None] = []
    for place in PLACES:
        try:
            found.append(Numbers(reading, mpf(place), {}).value(node))
        except NoNumber:
            found.append(None)
        except (Unknown, Unreadable, ArithmeticError, ValueError, RecursionError):
            return None
    return found


def differences(left: list[mpf | None], right: list[mpf | None]) -> list[mpf]:
    """How much two sides differ, relative to the larger, where both have values."""
    both = [(a, b) for a, b in zip(left, right) if a is not None and b is not None]
    return [abs(a - b) / max(abs(a), abs(b), mpf(10) ** -12) for a, b in both if mp.isfinite(a) and mp.isfinite(b)]

"""What an expression of SymPy's is worth in numbers, with the names that a text defines.

The tree is walked node by node, and only kinds of nodes that are named here are computed, with mpmath, in 30 digits.
Nothing is evaluated by SymPy itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy
from mpmath import mp, mpf
from sympy.core.function import AppliedUndef

from autograder.proofs.spelling import Unreadable

mp.dps = 30
STEP = mpf(10) ** -8  # of central differences: their error is about STEP², 1e-16, rounding included
LARGEST = 10_000  # argument of exp, sinh, cosh
MAX_EXPONENT = 200
MAX_DEPTH = 60
PRIME = "Xi"  # see spelling.py
CONSTANTS = {"e": mp.e, "pi": mp.pi}
FUNCTIONS: dict[Any, Any] = {
    each: getattr(mp, each.__name__)
    for each in (sympy.exp, sympy.sin, sympy.cos, sympy.tan, sympy.sinh, sympy.cosh, sympy.tanh, sympy.log)
}


class Unknown(Unreadable):
    """A name that nothing defines."""


class NoNumber(Exception):
    """There is no real number at this place: a division by zero, the root of a negative number."""


@dataclass(frozen=True)
class Reading:
    """How to read what can be read in two ways.

    `products`: whether `a(b)` is a times b ("always"), a of b ("never"), or what the definitions say ("fitting").
    `prime`: the name by which a prime differentiates; empty for the variable.
    """

    variable: str
    definitions: Mapping[str, tuple[str, Any]]  # name → parameter (empty if none), expression
    products: str = "fitting"
    prime: str = ""


@dataclass(frozen=True)
class Numbers:
    """Computes expressions where the variable has the value `at`. `letters`: values for names that nothing defines."""

    reading: Reading
    at: mpf
    letters: Mapping[str, mpf]

    def value(self, node: Any, depth: int = 0) -> mpf:
        """The value of a node. Unreadable, Unknown or NoNumber if it has none."""
        if depth > MAX_DEPTH:
            raise Unreadable("nested too deeply")
        if isinstance(node, sympy.Number):
            return mpf(str(node.p)) / mpf(str(node.q)) if node.is_Rational else mpf(str(node))
        if isinstance(node, sympy.Symbol):
            return self.name(node.name, depth)
        if node is sympy.E or node is sympy.pi:
            return +CONSTANTS["e" if node is sympy.E else "pi"]
        if isinstance(node, sympy.Derivative):
            return self.derivative(node, depth)
        if isinstance(node, AppliedUndef):
            return self.applied(node, depth)
        values = [self.value(each, depth + 1) for each in node.args]
        if isinstance(node, sympy.Add):
            return sum(values, mpf(0))
        if isinstance(node, sympy.Mul):
            return mp.fprod(values)
        if isinstance(node, sympy.Pow):
            return self.power(*values)
        if node.func in FUNCTIONS and values:
            return self.function(node.func, values)
        raise Unreadable(type(node).__name__)

    def power(self, base: mpf, exponent: mpf) -> mpf:
        if base == mp.e:
            return self.function(sympy.exp, [exponent])
        if abs(exponent) > MAX_EXPONENT:
            raise Unreadable("a large exponent")
        if (base == 0 and exponent <= 0) or (base < 0 and exponent != int(exponent)):
            raise NoNumber
        return base**exponent

    def function(self, kind: Any, values: list[mpf]) -> mpf:
        if kind is sympy.log:
            if min(values) <= 0 or values[1:] == [1]:
                raise NoNumber
            return mp.log(values[0]) / (mp.log(values[1]) if len(values) > 1 else 1)
        if len(values) != 1 or abs(values[0]) > LARGEST:
            raise Unreadable("a large argument")
        return FUNCTIONS[kind](values[0])

    def name(self, name: str, depth: int) -> mpf:
        """The value of a name: the variable, something defined, a constant, or a letter that stands for any number."""
        if name == self.reading.variable:
            return self.at
        if name in self.reading.definitions:
            parameter, body = self.reading.definitions[name]
            inner = self if parameter in ("", self.reading.variable) else self.where(parameter, self.at)
            return inner.value(body, depth + 1)
        if name in CONSTANTS:
            return +CONSTANTS[name]
        if name not in self.letters or name == PRIME:
            raise Unknown(name)
        return self.letters[name]

    def where(self, parameter: str, value: mpf) -> Numbers:
        """The same with a value for the parameter of a function, which hides another meaning of the name."""
        others = {name: what for name, what in self.reading.definitions.items() if name != parameter}
        if parameter == self.reading.variable:
            return replace(self, at=value)
        return replace(
            self, reading=replace(self.reading, definitions=others), letters={**self.letters, parameter: value}
        )

    def applied(self, node: Any, depth: int) -> mpf:
        """`f(a)`: a function of something, or a product."""
        name = node.func.__name__
        if len(node.args) != 1:
            raise Unreadable("a function of several variables")
        parameter, body = self.reading.definitions.get(name, ("", None))
        own = any(isinstance(each, sympy.Symbol) and each.name == name for each in node.args[0].free_symbols)
        product = self.reading.products == "always" or (self.reading.products == "fitting" and (not parameter or own))
        if not product and body is not None:
            value = self.value(node.args[0], depth + 1)
            return self.where(parameter or self.reading.variable, value).value(body, depth + 1)
        if str(node.args[0]) == self.reading.variable and body is None:
            raise Unknown(name)  # f(x), and nothing says what f is
        return self.name(name, depth) * self.value(node.args[0], depth + 1)

    def derivative(self, node: Any, depth: int) -> mpf:
        """By central differences; by a defined name as dy/du = (dy/dx)/(du/dx)."""
        if depth > 12 or len(node.args) != 2 or node.args[1][1] != 1:
            raise Unreadable("a higher derivative")
        by = node.args[1][0].name
        by = self.reading.prime or self.reading.variable if by == PRIME else by
        slope = self.slope(node.args[0], depth)
        if by == self.reading.variable:
            return slope
        if by not in self.reading.definitions:
            raise Unknown(by)
        below = self.slope(sympy.Symbol(by), depth)
        if abs(below) < mpf(10) ** -10:
            raise NoNumber
        return slope / below

    def slope(self, node: Any, depth: int) -> mpf:
        ahead, behind = replace(self, at=self.at + STEP), replace(self, at=self.at - STEP)
        return (ahead.value(node, depth + 4) - behind.value(node, depth + 4)) / (2 * STEP)

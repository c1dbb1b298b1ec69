"""An expression in LaTeX as SymPy's parser takes it.

What can be read in two ways (`d/dx a + b`, `1/2x`, `tanh x^2`) is not read at all: nothing may be called wrong that its
writer meant otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_EXPRESSION = 400  # characters
PRIME = r"\Xi"  # stands for the variable of a derivative that is written with a prime, which says none
FUNCTIONS = {rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "ln", "log")}
GREEK = {
    *(rf"\{name}" for name in ("alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "lambda", "mu")),
    *(rf"\{name}" for name in ("nu", "xi", "pi", "rho", "sigma", "tau", "phi", "psi")),
}
KNOWN = FUNCTIONS | GREEK | {r"\frac", r"\sqrt", r"\cdot"}
TOKEN = re.compile(r"\\[A-Za-z]+|\d+(?:\.\d+)?|\\?.", re.DOTALL)


class Unreadable(Exception):
    """An expression that is not read."""


def for_parser(latex: str) -> str:
    """An expression for SymPy's parser. Unreadable if it holds what could be taken for something else."""
    if not latex or len(latex) > MAX_EXPRESSION:
        raise Unreadable("too long" if latex else "empty")
    tokens = [token for token in TOKEN.findall(latex) if not token.isspace()]
    for token in tokens:
        if token not in KNOWN and not re.fullmatch(r"[A-Za-z0-9.]+|[-+/^_(){}']", token):
            raise Unreadable(token)
    if "^(" in "".join(tokens).replace("^{", "^"):
        raise Unreadable("a higher derivative, or a power?")
    return " ".join(primes(arguments(signs(tokens))))


def signs(tokens: Sequence[str]) -> list[str]:
    """`e^-x` means e^{-x}, although LaTeX sets it otherwise."""
    out: list[str] = []
    rest = iter(tokens)
    for token in rest:
        if token == "-" and out[-1:] == ["^"]:
            out += ["{", "-", next(rest, ""), "}"]
        else:
            out.append(token)
    return out


def close(tokens: Sequence[str], start: int) -> int:
    """Where the bracket ends that begins at `start`."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += (tokens[place] in "({") - (tokens[place] in ")}")
        if depth == 0:
            return place
    raise Unreadable("a bracket does not end")


def is_name(token: str) -> bool:
    return token in GREEK or (len(token) == 1 and token.isalpha())


def unit(tokens: Sequence[str], start: int) -> int:
    """Where what stands at `start` ends, exponents included: a number, a name with or without an argument, a bracket, a
    fraction, a function with its argument.
    """
    if start >= len(tokens):
        raise Unreadable("something is missing")
    token, end = tokens[start], start + 1
    if token in "({":
        end = close(tokens, start) + 1
    elif token == r"\frac":
        end = unit(tokens, unit(tokens, end))
    elif token == r"\sqrt" or token in FUNCTIONS:
        end = unit(tokens, exponent(tokens, end))
    elif is_name(token) and tokens[end : end + 1] == ["("] and close(tokens, end) == end + 2:
        end += 3
    elif not (is_name(token) or token[0].isdigit()):
        raise Unreadable(token)
    return exponent(tokens, end)


def exponent(tokens: Sequence[str], end: int) -> int:
    """The same place, or that after primes and an exponent."""
    while end < len(tokens) and tokens[end] in ("^", "'"):
        end = end + 1 if tokens[end] == "'" else unit(tokens, end + 1)
    return end


def arguments(tokens: list[str]) -> list[str]:
    """The same, or Unreadable where it is not plain what a function, a slash or d/dx is applied to."""
    out: list[str] = []
    for place, token in enumerate(tokens):
        out.append(token)
        after = tokens[place + 1 : place + 3]
        if token == "/" and tokens[unit(tokens, place + 1) :][:1] not in ([], ["+"], ["-"], [")"], ["}"]):
            raise Unreadable("what does the slash divide by?")
        if token in FUNCTIONS:
            power = exponent(tokens, place + 1)
            if "-" in tokens[place + 1 : power] and token != r"\exp":
                raise Unreadable("an inverse, or a power?")
            argument, follows = tokens[power : power + 1], tokens[power + 1 : power + 2]
            ends = not follows or follows[0] in "+-)}" or follows[0] in KNOWN - GREEK
            if argument and argument[0] not in "({" and not (is_name(argument[0]) and ends):
                raise Unreadable(f"what is {token} applied to?")
        if token == r"\frac" and after == ["{", "d"] and tokens[place + 3 : place + 4] == ["}"]:
            end = close(tokens, place + 4) + 1
            while end < len(tokens) and tokens[end] not in ")}":
                end = unit(tokens, end)
                if tokens[end : end + 1] not in ([], [")"], ["}"]):
                    raise Unreadable("what is differentiated?")
    return bracketed(out)


def bracketed(tokens: list[str]) -> list[str]:
    """`\\tanh x` as `\\tanh (x)`, and `\\sigma^2(x)` as `(\\sigma(x))^2`."""
    out: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token in FUNCTIONS:
            power = exponent(tokens, place + 1)
            out += tokens[place:power]
            place = power
            if place < len(tokens) and is_name(tokens[place]):
                out += ["(", tokens[place], ")"]
                place += 1
            continue
        power = exponent(tokens, place + 1) if is_name(token) else place
        if power > place + 1 and tokens[place + 1] == "^" and tokens[power : power + 1] == ["("]:
            end = close(tokens, power)
            if end == power + 2 and tokens[power + 1] != token:
                if "-" in tokens[place:power]:
                    raise Unreadable("an inverse, or a power?")
                out += ["(", token, *tokens[power : end + 1], ")", *tokens[place + 1 : power]]
                place = end + 1
                continue
        out.append(token)
        place += 1
    return out


def primes(tokens: list[str]) -> list[str]:
    """The same with derivatives as `\\frac{d}{d\\Xi}(…)` in the place of primes."""
    out: list[str] = []
    place = 0
    while place < len(tokens):
        if tokens[place] != "'":
            out.append(tokens[place])
            place += 1
            continue
        start = len(out) - 1
        if start >= 0 and out[start] == ")":
            start = next(at for at in range(start - 1, -2, -1) if at < 0 or close_of(out, at) == len(out) - 1)
            if start > 0 and (out[start - 1] in FUNCTIONS or is_name(out[start - 1])):
                if len(out) - start != 3:
                    raise Unreadable("what is differentiated?")
                start -= 1
            if start > 0 and out[start - 1] == "^":
                raise Unreadable("what is differentiated?")
        elif (
            start < 0
            or not (is_name(out[start]) or out[start] in FUNCTIONS)
            or out[start - 1 : start] in (["^"], ["_"])
        ):
            raise Unreadable("what is differentiated?")
        inner = out[start:]
        place += 1
        if tokens[place : place + 1] == ["'"]:
            raise Unreadable("a second derivative")
        if inner[-1] != ")" and tokens[place : place + 1] == ["("]:
            end = close(tokens, place)
            if end != place + 2:
                raise Unreadable("what is differentiated?")
            inner += tokens[place : end + 1]
            place = end + 1
        if inner[0] in FUNCTIONS and len(inner) == 1:
            raise Unreadable("a function without an argument")
        out[start:] = ["(", r"\frac", "{", "d", "}", "{", "d", PRIME, "}", "(", *inner, ")", ")"]
    return out


def close_of(tokens: Sequence[str], start: int) -> int:
    """Where a round bracket that begins at `start` ends; −1 where none begins or ends."""
    try:
        return close(tokens, start) if tokens[start] == "(" else -1
    except Unreadable:
        return -1

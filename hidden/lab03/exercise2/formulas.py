"""The right derivatives of exercise 2, in the order of the questions. Each has the name of the student's function.

They follow from the formulas of the network (part 1 of the notebook) by the chain rule.
"""

from __future__ import annotations

from itertools import takewhile

from hidden.lab03.exercise2.network import Formula, State


def dL_dfout(s: State) -> float:
    """∂L/∂f_out."""
    return -s.y / s.f_out + (1 - s.y) / (1 - s.f_out)


def dfout_dfin(s: State) -> float:
    """∂f_out/∂f_in."""
    return s.f_out * (1 - s.f_out)


def dfin_dc(s: State) -> float:
    """∂f_in/∂c."""
    return 1


def dfin_du1(s: State) -> float:
    """∂f_in/∂u1."""
    return s.z1_out


def dL_dc(s: State) -> float:
    """∂L/∂c, and ∂L/∂f_in as well, since ∂f_in/∂c is 1."""
    return s.f_out - s.y


def dL_du1(s: State) -> float:
    """∂L/∂u1."""
    return dL_dc(s) * dfin_du1(s)


def dfin_dz2out(s: State) -> float:
    """∂f_in/∂z2_out."""
    return s.u2


def dz2out_dz2in(s: State) -> float:
    """∂z2_out/∂z2_in."""
    return 1 - s.z2_out**2


def dz2in_db2(s: State) -> float:
    """∂z2_in/∂b2."""
    return 1


def dz2in_dw12(s: State) -> float:
    """∂z2_in/∂w12."""
    return s.x1


def dz2in_dx1(s: State) -> float:
    """∂z2_in/∂x1."""
    return s.w12


def dL_db2(s: State) -> float:
    """∂L/∂b2."""
    return dL_dc(s) * dfin_dz2out(s) * dz2out_dz2in(s)


def dL_dw12(s: State) -> float:
    """∂L/∂w12."""
    return dL_db2(s) * dz2in_dw12(s)


def path1(s: State) -> float:
    """From x1 through the first hidden neuron to f_in."""
    return s.u1 * (1 - s.z1_out**2) * s.w11


def path2(s: State) -> float:
    """From x1 through the second hidden neuron to f_in."""
    return s.u2 * (1 - s.z2_out**2) * s.w12


def dL_dx1(s: State) -> float:
    """∂L/∂x1, the sum over both paths."""
    return dL_dc(s) * (path1(s) + path2(s))


_IN_ORDER: list[Formula] = [
    dL_dfout,
    dfout_dfin,
    dfin_dc,
    dfin_du1,
    dL_dc,
    dL_du1,
    dfin_dz2out,
    dz2out_dz2in,
    dz2in_db2,
    dz2in_dw12,
    dz2in_dx1,
    dL_db2,
    dL_dw12,
    dL_dx1,
]


def before(formula: Formula) -> dict[str, Formula]:
    """The right formulas of all earlier questions, by name: a student's function may call those."""
    return {each.__name__: each for each in takewhile(lambda each: each is not formula, _IN_ORDER)}

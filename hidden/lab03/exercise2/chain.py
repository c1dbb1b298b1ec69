"""Known mistakes on the way from a parameter to the loss, which questions 7, 8, 14, 15 and 16 have in common.

A derivative along a way is a product of factors, and most mistakes put another factor in the place of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hidden.lab03.exercise2.formulas import dfin_dz2out, dfout_dfin, dL_dc, dL_dfout, dz2out_dz2in
from hidden.lab03.exercise2.network import Formula, State


def product(*factors: Formula) -> Formula:
    """The formula whose value is the product of the values of these."""
    return lambda s: math.prod(factor(s) for factor in factors)


def one(s: State) -> float:
    """In the place of a factor: it is left out."""
    return 1


def minus_dL_dc(s: State) -> float:
    return -dL_dc(s)


def sigmoid_twice(s: State) -> float:
    """The derivative of L with respect to f_in, times that of the sigmoid once more."""
    return dL_dc(s) * dfout_dfin(s)


#: Wrong derivatives of the loss, each times the right one of the sigmoid: in the place of dL/df_in.
LOSS_MISTAKES: dict[str, Formula] = {
    "The part of the loss with 1 - y is missing.": lambda s: -s.y / s.f_out * dfout_dfin(s),
    "The part of the loss with y is missing.": lambda s: (1 - s.y) / (1 - s.f_out) * dfout_dfin(s),
    "The part of the loss with 1 - y has the wrong sign: log(1 - f_out) has an inner derivative.": lambda s: (
        (-s.y / s.f_out - (1 - s.y) / (1 - s.f_out)) * dfout_dfin(s)
    ),
    "The part of the loss with y has the wrong sign: a minus is lost.": lambda s: (
        (s.y / s.f_out + (1 - s.y) / (1 - s.f_out)) * dfout_dfin(s)
    ),
    "In the loss y and f_out are swapped.": lambda s: (-s.f_out / s.y + (1 - s.f_out) / (1 - s.y)) * dfout_dfin(s),
}


def loss_mistakes(rest: Formula) -> dict[str, Formula]:
    """The mistakes in the loss, with the rest of the way right."""
    return {text: product(loss, rest) for text, loss in LOSS_MISTAKES.items()}


# What may stand in the place of 1 − z_out², the derivative of a hidden neuron's tanh.


def sigmoid_rule(z_in: float, z_out: float) -> float:
    return z_out * (1 - z_out)


def without_square(z_in: float, z_out: float) -> float:
    return 1 - z_out


def square_of_input(z_in: float, z_out: float) -> float:
    return 1 - z_in**2


def tanh_twice(z_in: float, z_out: float) -> float:
    return 1 - math.tanh(z_out) ** 2


def output_itself(z_in: float, z_out: float) -> float:
    return z_out


def through_z2(
    last: Formula, loss: Formula = dL_dc, weight: Formula = dfin_dz2out, slope: Formula = dz2out_dz2in
) -> Formula:
    """The way through the second hidden neuron: dL/df_in, df_in/dz2_out, dz2_out/dz2_in, and the `last` step."""
    return product(loss, weight, slope, last)


def mistakes_through_z2(last: Formula) -> dict[str, Formula]:
    """The known mistakes on the way through the second hidden neuron, whatever its last step."""

    def with_slope(slope: Callable[[float, float], float]) -> Formula:
        return through_z2(last, slope=lambda s: slope(s.z2_in, s.z2_out))

    return {
        "The derivative of tanh is left out.": through_z2(last, slope=one),
        "You used the rule for the sigmoid at the hidden neuron, which has a tanh.": with_slope(sigmoid_rule),
        "In the derivative of tanh the square is missing.": with_slope(without_square),
        "In the derivative of tanh you squared what goes into tanh.": with_slope(square_of_input),
        "The tanh is applied twice: the output of the neuron has it already.": with_slope(tanh_twice),
        "You used the output of the hidden neuron instead of the derivative of tanh.": with_slope(output_itself),
        "The derivative of tanh is in it twice.": through_z2(last, slope=product(dz2out_dz2in, dz2out_dz2in)),
        "All signs are turned round.": through_z2(last, loss=minus_dL_dc),
        "The weight between the hidden neuron and the output neuron is left out.": through_z2(last, weight=one),
        "The derivative of tanh is that of the other hidden neuron.": through_z2(last, slope=lambda s: 1 - s.z1_out**2),
        "You stopped at f_in: go on to the loss.": through_z2(last, loss=one),
        "The derivative of the sigmoid is in it twice.": through_z2(last, loss=sigmoid_twice),
        "The derivative of the sigmoid is left out.": through_z2(last, loss=dL_dfout),
        "The derivative of the loss is left out: you stopped at f_out.": through_z2(last, loss=dfout_dfin),
        "You used z2_out where the derivative of f_in with respect to it belongs.": through_z2(
            last, weight=lambda s: s.z2_out
        ),
        **loss_mistakes(through_z2(last, loss=one)),
    }

"""Judges `dL_dx1` (question 16): two paths from x1 to the loss, one through each hidden neuron."""

from __future__ import annotations

from collections.abc import Callable

from hidden.lab03.exercise2.chain import (
    loss_mistakes,
    minus_dL_dc,
    one,
    output_itself,
    sigmoid_rule,
    sigmoid_twice,
    square_of_input,
    tanh_twice,
    without_square,
)
from hidden.lab03.exercise2.formulas import before, dfout_dfin, dL_dc, dL_dfout, dL_dx1, path1, path2
from hidden.lab03.exercise2.judging import expect_derivative, follows, note_signs_in_states
from hidden.lab03.exercise2.network import Formula, State, random_state

from labtools import Checks, Names, random_numbers

EARLIER = before(dL_dx1)


def paths(
    loss: Formula = dL_dc,
    u1: Formula = lambda s: s.u1,
    slope1: Formula = lambda s: 1 - s.z1_out**2,
    w11: Formula = lambda s: s.w11,
    u2: Formula = lambda s: s.u2,
    slope2: Formula = lambda s: 1 - s.z2_out**2,
    w12: Formula = lambda s: s.w12,
) -> Formula:
    """The derivative along both paths. Each factor has the name of what it is when it is right."""
    return lambda s: loss(s) * (u1(s) * slope1(s) * w11(s) + u2(s) * slope2(s) * w12(s))


def with_slope(slope: Callable[[float, float], float]) -> Formula:
    """Both paths, with this in the place of the derivative of tanh: a function of what goes in and what comes out."""
    return paths(slope1=lambda s: slope(s.z1_in, s.z1_out), slope2=lambda s: slope(s.z2_in, s.z2_out))


MISTAKES: dict[str, Formula] = {
    "The derivative of tanh is that of the second hidden neuron on both paths.": paths(
        slope1=lambda s: 1 - s.z2_out**2
    ),
    "The derivative of tanh is that of the first hidden neuron on both paths.": paths(slope2=lambda s: 1 - s.z1_out**2),
    "There is only the path through the second hidden neuron: x1 reaches the loss on another one as well.": lambda s: (
        dL_dc(s) * path2(s)
    ),
    "There is only the path through the first hidden neuron: x1 reaches the loss on another one as well.": lambda s: (
        dL_dc(s) * path1(s)
    ),
    "All signs are turned round.": paths(loss=minus_dL_dc),
    "The path through the second hidden neuron has the wrong sign: the paths are added.": lambda s: (
        dL_dc(s) * (path1(s) - path2(s))
    ),
    "The path through the first hidden neuron has the wrong sign: the paths are added.": lambda s: (
        dL_dc(s) * (path2(s) - path1(s))
    ),
    "The two paths are multiplied: multiply along a path, but add the paths.": lambda s: dL_dc(s) * path1(s) * path2(s),
    "The two whole paths are multiplied: multiply along a path, but add the paths.": lambda s: (
        dL_dc(s) ** 2 * path1(s) * path2(s)
    ),
    "You took the mean of the two paths: they are added.": lambda s: dL_dx1(s) / 2,
    "The indices of a weight are swapped: the first is the input, the second the hidden neuron.": paths(
        w12=lambda s: s.w21
    ),
    "This is the derivative by x2: the weights are those of the other input.": paths(
        w11=lambda s: s.w21, w12=lambda s: s.w22
    ),
    "The weights of the first layer are swapped between the paths.": paths(w11=lambda s: s.w12, w12=lambda s: s.w11),
    "The weights of the second layer are swapped between the paths.": paths(u1=lambda s: s.u2, u2=lambda s: s.u1),
    "The derivatives of tanh are swapped between the paths.": paths(
        slope1=lambda s: 1 - s.z2_out**2, slope2=lambda s: 1 - s.z1_out**2
    ),
    "The derivative of tanh is left out.": paths(slope1=one, slope2=one),
    "You used the rule for the sigmoid at the hidden neurons, which have a tanh.": with_slope(sigmoid_rule),
    "In the derivative of tanh the square is missing.": with_slope(without_square),
    "In the derivative of tanh you squared what goes into tanh.": with_slope(square_of_input),
    "The tanh is applied twice: the output of a neuron has it already.": with_slope(tanh_twice),
    "You used the outputs of the hidden neurons instead of the derivative of tanh.": with_slope(output_itself),
    "The weights between the hidden neurons and the output neuron are left out.": paths(u1=one, u2=one),
    "The weights of the first layer are left out.": paths(w11=one, w12=one),
    "There is a factor x1 too many.": lambda s: dL_dx1(s) * s.x1,
    "The last factor is x1 where it should be the derivative with respect to x1.": paths(
        w11=lambda s: s.x1, w12=lambda s: s.x1
    ),
    "You stopped at f_in: go on to the loss.": paths(loss=one),
    "The second path ends at f_in: the derivative from f_in to the loss belongs to both.": lambda s: (
        dL_dc(s) * path1(s) + path2(s)
    ),
    "The first path ends at f_in: the derivative from f_in to the loss belongs to both.": lambda s: (
        path1(s) + dL_dc(s) * path2(s)
    ),
    "The derivative of the sigmoid is in it twice.": paths(loss=sigmoid_twice),
    "The derivative of the sigmoid is left out.": paths(loss=dL_dfout),
    "The derivative of the loss is left out: you stopped at f_out.": paths(loss=dfout_dfin),
    **loss_mistakes(paths(loss=one)),
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-q16`: each path alone, and both together."""
    random = random_numbers("q16")
    everywhere = [random_state(random) for _ in range(5)]

    def expect_right(states: list[State], message: str) -> None:
        """Fail unless the values are right in these states. Which mistake it is, the states `everywhere` tell too."""
        function = student.dL_dx1
        if not any(follows(function, states, dL_dx1, earlier) for earlier in (EARLIER, {})):
            expect_derivative(function, states + everywhere, dL_dx1, message, MISTAKES)

    @checks.check("the path through the first hidden neuron is right", weight=0.5)
    def _() -> None:
        expect_right(
            [random_state(random, u2=0.0) for _ in range(4)],
            "Where x1 reaches the loss only through the first hidden neuron (u2 = 0) the value is not right.",
        )

    @checks.check("the path through the second hidden neuron is right", weight=0.5)
    def _() -> None:
        expect_right(
            [random_state(random, u1=0.0) for _ in range(4)],
            "Where x1 reaches the loss only through the second hidden neuron (u1 = 0) the value is not right.",
        )

    @checks.check("both paths together are right", weight=0.5)
    def _() -> None:
        expect_right(everywhere, "The value is not right in every state. Add up all the ways from x1 to L.")
        note_signs_in_states(checks, student.dL_dx1, everywhere)

"""Tools of the lab: checks that give points, questions to your code, and figures with a description.

A test cell collects named checks and ends with ``checks.score()``::

    checks = Checks(points=2)

    @checks.check("the minimum is flat", weight=1)
    def _():
        expect_close(call_many(gradient, [(8.0, 4.0)]), [[0.0, 0.0]], "The gradient at (8, 4) is not zero.")

    checks.score()

A check never touches your objects. It asks a *probe* to use them (see asking.py) and gets plain data
back (see plaindata.py), so the same check works whether your code runs in this notebook or elsewhere.
"""

from __future__ import annotations

import base64
import contextlib
import inspect
import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

try:
    import torch
except ModuleNotFoundError:
    if __name__ != "__main__":
        raise
    raise SystemExit(
        "PROBLEM: torch is not installed in this Python. Run `pip install -r requirements.txt` first."
    ) from None

from asking import Answer, ask, attempt, probe
from checks import (
    CheckFailed,
    Checks,
    agree,
    call_again,
    call_many,
    expect,
    expect_close,
    numbers,
    random_numbers,
    read,
)
from plaindata import plain, restore

__all__ = [
    "Answer",
    "CheckFailed",
    "Checks",
    "agree",
    "apply_function",
    "call_again",
    "call_and_look",
    "call_many",
    "call_with",
    "derivatives",
    "descent",
    "expect",
    "expect_close",
    "first_to_pass",
    "follows_through",
    "numbers",
    "optimize",
    "random_numbers",
    "read",
    "show",
    "written",
]


@contextlib.contextmanager
def standing_in(function: Any, stand_ins: dict[str, Callable[..., Any]]) -> Iterator[None]:
    """While this lasts, names that a function of the student looks up stand for other functions."""
    names = getattr(getattr(function, "__wrapped__", function), "__globals__", {})
    own = {name: names[name] for name in stand_ins if name in names}
    names.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            names.pop(name, None)
        names.update(own)


def apply_function(
    function_class: Any, points: list[Any], upstream: list[Any], earlier: dict[str, Any] | None = None
) -> list[Answer]:
    """Use an autograd function at several points.

    `points` are lists of floats, `upstream` the factors g by which each result is multiplied before
    the gradient is taken. Each answer holds [f(x), d(g·f)/dx as a list], and only [f(x)] where g is None.
    `earlier` maps names of the student's earlier functions to their right results, a tuple for each point:
    `backward` gets these instead, so a mistake in an earlier cell does not count twice.
    """
    answers = ask(probe_apply, function_class, points, upstream, earlier or {})
    expect(len(answers) == len(points), "Your function gave no complete answer.")
    return answers


@probe
def probe_apply(function_class: Any, points: list[Any], upstream: list[Any], earlier: dict[str, Any]) -> list[Answer]:
    def right(index: int) -> dict[str, Any]:
        return {
            name: lambda *_, result=results[index]: tuple(torch.tensor(result, dtype=torch.float64))
            for name, results in earlier.items()
        }

    applied: dict[int, tuple[torch.Tensor, Any]] = {}

    def forward(index: int) -> None:
        x = torch.tensor(points[index], dtype=torch.float64, requires_grad=True)
        applied[index] = x, function_class.apply(x)

    def backward(index: int) -> Any:
        x, value = applied[index]
        if upstream[index] is None:
            return [value]
        (gradient,) = torch.autograd.grad(upstream[index] * value, x)
        return [value, gradient]

    def at(index: int, step: Callable[[int], Any]) -> Answer:
        with standing_in(getattr(function_class, "backward", None), right(index)):
            return attempt(step, index)

    values = [at(index, forward) for index in range(len(points))]  # before all gradients: each keeps its own x
    return [value if value.error else at(index, backward) for index, value in enumerate(values)]


def derivatives(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    """Call ``function(s)`` for each state; `s` holds its entries as 0-d float64 tensors."""
    answers = ask(probe_derivatives, function, states)
    expect(len(answers) == len(states), "Your function gave no complete answer.")
    return answers


@probe
def probe_derivatives(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    def state(values: dict[str, float]) -> SimpleNamespace:
        return SimpleNamespace(**{k: torch.tensor(v, dtype=torch.float64) for k, v in values.items()})

    return [attempt(function, state(values)) for values in states]


def descent(
    start: Any,
    alpha: float,
    max_steps: int,
    calls: int = 1,
    A: Any = ((2, -1), (-1, 2)),
    center: Any = (8, 4),
    offset: float = -12,
    wall: float = 0,
    limit: int = 1500,
    look: bool = False,
) -> dict[str, Any]:
    """One run for `optimize`. Without further arguments the function is f of exercise 1.

    The function is ½ dᵀ A d + ½ wall·max(d₁, 0)² + offset with d = x − center. The optimizer is called
    `calls` times with the same start; after `limit` evaluations a RuntimeError ends the run. With `look`, what
    the start is after all calls is added to the end points.
    """
    return {
        "start": start,
        "alpha": alpha,
        "max_steps": max_steps,
        "calls": calls,
        "A": A,
        "center": center,
        "offset": offset,
        "wall": wall,
        "limit": limit,
        "look": look,
    }


def optimize(optimizer_class: Any, runs: list[dict[str, Any]]) -> list[Answer]:
    """Run an optimizer class on functions that it has not seen: for each run its end points, one a call."""
    answers = ask(probe_optimize, optimizer_class, runs)
    expect(len(answers) == len(runs), "Your optimizer gave no complete answer.")
    return answers


@probe
def probe_optimize(optimizer_class: Any, runs: list[dict[str, Any]]) -> list[Answer]:
    def optimized(run: dict[str, Any]) -> Any:
        evaluations = 0
        matrix = torch.tensor(run["A"], dtype=torch.float64)
        center = torch.tensor(run["center"], dtype=torch.float64)

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
                nonlocal evaluations
                evaluations += 1
                if evaluations > run["limit"]:
                    raise RuntimeError(f"stopped after {run['limit']} evaluations of the function")
                d = x.detach().to(torch.float64) - center
                wall = run["wall"] * d[0].clamp(min=0)
                ctx.save_for_backward((matrix @ d + torch.stack([wall, 0 * wall])).to(x.dtype))
                return (0.5 * (d @ matrix @ d + wall * d[0]) + run["offset"]).to(x.dtype)

            @staticmethod
            def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
                return grad_output * ctx.saved_tensors[0]

        start = torch.tensor(run["start"], dtype=torch.float64)
        optimizer = optimizer_class(Function, run["max_steps"], run["alpha"])
        ends = [restore(plain(optimizer(start))) for _ in range(run["calls"])]  # by value: two ends may be one tensor
        return [*ends, start] if run["look"] else ends

    return [attempt(optimized, run) for run in runs]


def written(*values: Any) -> bool:
    """Whether the parts that a figure needs are there; says so if one is still missing (None)."""
    if any(value is None for value in values):
        print("Not written yet: complete the cells above, then run this cell again.")
        return False
    return True


def show(figure: Any, description: str) -> None:
    """Display a matplotlib figure with a text for those who cannot see it, and print that text below."""
    from IPython.display import display
    from matplotlib import pyplot

    figure.subplots_adjust(left=0.15, bottom=0.15)  # room for the labels; tight_layout takes as long as drawing
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100, pil_kwargs={"compress_level": 1})
    pyplot.close(figure)
    data = {"image/png": base64.b64encode(picture.getvalue()).decode(), "text/plain": description}
    display(data, raw=True, metadata={"image/png": {"alt": description}})
    print(description)


def follows_through(
    function: Any, states: list[dict[str, float]], wanted: list[float], earlier: dict[str, Any]
) -> bool:
    """Whether a function gives the wanted values once the earlier functions that it calls are right.

    `earlier` maps the names of those functions to right formulas. While `function` runs, each of these names
    stands for a function that returns the right value: a mistake in an earlier cell does not count twice.
    """
    values = {name: [formula(SimpleNamespace(**state)) for state in states] for name, formula in earlier.items()}
    answers = ask(probe_follow_through, function, states, values)
    try:
        expect_close(answers, wanted, "The values are others.")
    except CheckFailed:
        return False
    return True


@probe
def probe_follow_through(function: Any, states: list[dict[str, float]], earlier: dict[str, Any]) -> list[Answer]:
    answers = []
    for index, state in enumerate(states):
        right = {
            name: lambda *_, value=values[index], **__: torch.tensor(value, dtype=torch.float64)
            for name, values in earlier.items()
        }
        with standing_in(function, right):
            answers += probe_derivatives(function, [state])
    return answers


def _float64(*entries: Any) -> torch.Tensor:
    return torch.stack([torch.as_tensor(entry, dtype=torch.float64) for entry in entries])


def _other_network(x: torch.Tensor, params: torch.Tensor) -> torch.Tensor:
    places = torch.arange(9)
    waves = torch.cos(params - places)
    return torch.sigmoid(
        (torch.sin(params + places).sum() + waves[::2].sum() * x[:, 0] + waves[1::2].sum() * x[:, 1]) / 4
    )


#: What can stand for an earlier function while a later one is tried (see `call_with`): simple functions with the
#: right arguments and the right kind of result. Most of them are not what the exercise asks for.
STAND_INS: dict[str, Any] = {
    "sigmoid": lambda x: torch.sigmoid(torch.as_tensor(x)),
    "predict": lambda x, b1, b2, w11, w12, w21, w22, c, u1, u2: _other_network(
        x, _float64(b1, b2, w11, w12, w21, w22, c, u1, u2)
    ),
    "get_loss": lambda target, pred: torch.nn.functional.binary_cross_entropy(pred.double(), target.double()),
    "get_gradients": lambda x, target, *params: _float64(*params) * (x**2).mean() - target.mean(),
    "train": lambda x, target, params, alpha, steps: (
        target.mean() + (torch.as_tensor(params).roll(1) - target.mean()) * (1 - alpha * (x**2).mean() / 10) ** steps
    ),
}


def call_with(function: Any, arguments: list[Any], stand_ins: dict[str, Any]) -> list[Answer]:
    """Like `call_many`, while other functions stand for some that the student has written.

    `stand_ins` maps the name of such a function to a list of results, one for each tuple of arguments, or
    to None for the function in `STAND_INS`. So a mistake in an earlier cell does not count twice.
    """
    answers = ask(probe_calls_with, function, arguments, stand_ins, False)
    expect(len(answers) == len(arguments), "Your code gave no complete answer.")
    return answers


def call_and_look(function: Any, arguments: list[Any], stand_ins: dict[str, Any]) -> list[Answer]:
    """Like `call_with`, and look at what happens.

    Each answer holds [result, arguments after the call, calls], where `calls` has [name, arguments as they were]
    for every call of a stand-in.
    """
    answers = ask(probe_calls_with, function, arguments, stand_ins, True)
    expect(len(answers) == len(arguments), "Your code gave no complete answer.")
    return answers


@probe
def probe_calls_with(function: Any, arguments: list[Any], stand_ins: dict[str, Any], look: bool) -> list[Answer]:
    calls: list[Any] = []

    def stand_in(name: str, use: Any) -> Any:
        def called(*given: Any, **named: Any) -> Any:
            bound = inspect.signature(use).bind(*given, **named)
            values = [*bound.args, *bound.kwargs.values()]
            calls.append([name, [v.detach().clone() if isinstance(v, torch.Tensor) else v for v in values]])
            return use(*given, **named)

        return called if look else use

    def call(*given: Any) -> Any:
        result = function(*given)
        return [result, given, calls] if look else result

    names = getattr(getattr(function, "__wrapped__", function), "__globals__", {})
    own = {name: names[name] for name in stand_ins if name in names}
    answers = []
    try:
        for index, each in enumerate(arguments):
            calls.clear()
            for name, results in stand_ins.items():
                result = results and results[index]
                names[name] = stand_in(
                    name, STAND_INS[name] if results is None else lambda *_, _result=result, **__: _result
                )
            answers.append(attempt(call, *each))
    finally:
        for name in stand_ins:
            names.pop(name, None)
        names.update(own)
    return answers


def first_to_pass(*attempts: Any, vague: str) -> None:
    """Fail the check unless one of the attempts passes.

    An attempt is a function without arguments that may fail the check. The message is the most helpful one:
    not `vague`, and rather what is wrong than that something was raised.
    """
    failures = []
    for each in attempts:
        try:
            return each()
        except CheckFailed as failed:
            failures.append(str(failed))
    raise CheckFailed(min(failures, key=lambda text: 2 * (text == vague) + text.startswith("Your code raised")))


if __name__ == "__main__":  # python -m labtools
    import sys
    from pathlib import Path

    from handin import main

    sys.exit(main(Path.cwd()))

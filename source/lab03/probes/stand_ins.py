"""What stands for an earlier function of the student while a later one is tried: a mistake then counts once."""

from __future__ import annotations

import inspect
from typing import Any

import torch

from labtools.asking import Answer, ask, attempt, probe
from labtools.checks import expect
from labtools.functions import standing_in


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

    answers = []
    for index, each in enumerate(arguments):
        calls.clear()
        chosen = {
            name: stand_in(
                name, STAND_INS[name] if results is None else lambda *_, _result=results[index], **__: _result
            )
            for name, results in stand_ins.items()
        }
        with standing_in(function, chosen):
            answers.append(attempt(call, *each))
    return answers

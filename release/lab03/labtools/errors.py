"""Errors of the student's code in words: where it happened, in the notebook's own lines, and what it means."""

from __future__ import annotations

import linecache
from types import TracebackType

MAX_LINE = 120  # characters of a line of code that are shown
#: A part of an error's message: what it means, for those who meet it for the first time.
MEANINGS = {
    "does not require grad and does not have a grad_fn": "PyTorch has recorded nothing that it could differentiate: "
    "the tensor needs `requires_grad=True` before the value is computed, and `detach()`, `.item()` or `no_grad` on the "
    "way to the value cut it off",
    "a leaf Variable that requires grad is being used in an in-place operation": "PyTorch records what happens to this "
    "tensor, so it must not be changed meanwhile: make the step inside `with torch.no_grad():`",
    "backward through the graph a second time": "what PyTorch had recorded is used up by `backward()`: compute the "
    "value anew before each `backward()`",
    "grad can be implicitly created only for scalar outputs": "`backward()` starts from one number, and this tensor "
    "has several",
    "Can't call numpy() on Tensor that requires grad": "PyTorch records what happens to this tensor: take "
    "`tensor.detach()`, which is not recorded",
    "and 'NoneType'": "one of the two is None: a function without `return` gives None, and `x.grad` is None before "
    "`backward()` and for a tensor that was computed from another one",
    "'NoneType' object": "this is None: a function without `return` gives None, and `x.grad` is None before "
    "`backward()` and for a tensor that was computed from another one",
    "division by zero": "a relative change cannot be computed where the value itself is 0: compare the change with a "
    "tolerance times the value instead, or with a small number",
    "object is not callable": "a name or a number stands before a bracket as if it were a function: is a `*` missing?",
    "only one element tensors can be converted": "`math` and `float` take one number at a time: `torch.exp`, "
    "`torch.log` and so on take whole tensors",
    "only tensors with one element can be converted": "`math` and `float` take one number at a time: `torch.exp`, "
    "`torch.log` and so on take whole tensors",
}


def place_of(error: BaseException) -> str:
    """The innermost line of the notebook that led to an error, such as "line 3, in `gradient`: `return 2x`"."""
    found = ""
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        code, names = trace.tb_frame.f_code, trace.tb_frame.f_globals
        if names.get("__name__") == "__main__":
            text = linecache.getline(code.co_filename, trace.tb_lineno).strip()[:MAX_LINE]
            inside = "" if code.co_name.startswith("<module") else f", in `{code.co_name}`"
            found = f"line {trace.tb_lineno}{inside}" + (f": `{text}`" if text else "")
        trace = trace.tb_next
    return found


def in_words(kind: str, message: str, place: str) -> str:
    """An error in one line: its type and message, its place, and what it means where that is known."""
    meaning = next((text for part, text in MEANINGS.items() if part in message), "")
    return f"{kind}: {message}" + f" ({place})" * bool(place) + f". That means: {meaning}." * bool(meaning)

"""Whether an answer is still as it was handed out: functions that do nothing."""

from __future__ import annotations

import dis
from types import CodeType
from typing import Any

MAX_BYTES = 24  # a function that does nothing is shorter


def is_unwritten(answer: Any) -> bool:
    """Whether this is a function that does nothing, or a class none of whose methods but `__init__` does anything."""
    if isinstance(answer, type):
        codes = [
            code
            for name, each in vars(answer).items()
            if name != "__init__" and (code := _code(getattr(each, "__func__", each)))
        ]
        return bool(codes) and all(map(_does_nothing, codes))
    code = _code(answer)
    return code is not None and _does_nothing(code)


def _code(function: Any) -> CodeType | None:
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _does_nothing(code: CodeType) -> bool:
    """Whether it only returns None."""
    if len(code.co_code) > MAX_BYTES:
        return False
    steps = [(step.opname, step.argval) for step in dis.get_instructions(code) if step.opname not in ("RESUME", "NOP")]
    return steps in ([("RETURN_CONST", None)], [("LOAD_CONST", None), ("RETURN_VALUE", None)])

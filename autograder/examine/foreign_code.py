"""Code in a text: a test cell runs it here only if the text stands in the lab's own code, never a student's.

What a student's process sends are values, and a text is one of them: `eval(answer)` in a test would run it in the
grader's process. So while a test cell is at work, whatever runs a text as code is looked at first. A cell of the
student's notebook (`exec(In[-2])`) is run in the student's process again; any other text ends the test.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import autograder

import labtools

#: Where libraries are, which run code of their own making, such as that of a named tuple.
LIBRARIES = (
    "<frozen",
    *(f"{sysconfig.get_path(name)}/" for name in ("stdlib", "purelib", "platlib")),
    *(f"{folder}/" for folder in (*site.getsitepackages(), site.getusersitepackages())),
    *(f"{Path(str(package.__file__)).parent}/" for package in (autograder, labtools)),
)
#: Functions of libraries that run what they are given as code: file, name, and the argument ("": run as it is).
EVALUATORS = [
    ("sympy/parsing/sympy_parser.py", "parse_expr", "s"),
    ("pandas/core/computation/eval.py", "eval", "expr"),
    ("/doctest.py", "__run", ""),
]
DEEPEST = 40  # frames between such a function and its use of Python's


def texts_in(nodes: Iterable[ast.stmt]) -> set[str]:
    """All texts that stand in this code as such."""
    inner = (each for node in nodes for each in ast.walk(node))
    return {each.value for each in inner if isinstance(each, ast.Constant) and isinstance(each.value, str)}


@contextlib.contextmanager
def foreign_code(own: set[str], again: Callable[[str], bool], refuse: Callable[[str], None]) -> Iterator[None]:
    """Inside, a text is run as code only if it is one of `own`.

    `again` runs a cell of the student's in the student's process, and says False for any other text; for that one
    `refuse` ends the test.
    """

    def look(source: Any, frame: FrameType) -> None:
        text = meant(source, frame)
        if text is not None and text not in own:
            refuse("this test runs a text as code that does not stand in the test")

    def execute(source: Any, *names: Any, **named: Any) -> None:
        frame = sys._getframe(1)
        if not (isinstance(source, str) and source not in own and again(source)):
            look(source, frame)
            run(source, *(names or (frame.f_globals, frame.f_locals)), **named)

    def value_of(source: Any, *names: Any) -> Any:
        frame = sys._getframe(1)
        look(source, frame)
        return evaluate(source, *(names or (frame.f_globals, frame.f_locals)))

    def compiled(source: Any, *rest: Any, **named: Any) -> Any:
        look(source, sys._getframe(1))
        return translate(source, *rest, **named)

    run, evaluate, translate = builtins.exec, builtins.eval, builtins.compile
    vars(builtins).update(exec=execute, eval=value_of, compile=compiled)
    try:
        yield
    finally:
        vars(builtins).update(exec=run, eval=evaluate, compile=translate)


def meant(source: Any, frame: FrameType) -> Any:
    """The text that is run as code where `frame` runs `source`. None for what a library runs of its own."""
    if isinstance(source, CodeType | ast.AST):
        return None
    if not frame.f_code.co_filename.startswith(LIBRARIES):
        return source
    outer: FrameType | None = frame
    for _ in range(DEEPEST):
        if outer is None:
            break
        for file, name, argument in EVALUATORS:
            if outer.f_code.co_name == name and outer.f_code.co_filename.endswith(file):
                return outer.f_locals[argument] if argument else source
        outer = outer.f_back
    return None

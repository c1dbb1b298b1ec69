"""A text that a student's code gives is a value: no test cell runs it as code in the grader's process."""

import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.examine.foreign_code import foreign_code, texts_in
from autograder.examine.ownership import statements

ANSWER = "__import__('pathlib').Path('was-here').touch()"
USES = [
    "eval(answer)",
    "exec(answer)",
    "eval(answer.encode())",
    "exec(compile(answer, 'answer', 'exec'))",
    "from builtins import eval as value_of\nvalue_of(answer)",
    "list(map(eval, [answer]))",
    "import sympy\nsympy.sympify(answer)",
    "from sympy.parsing.sympy_parser import parse_expr\nparse_expr(answer)",
    "import helpers\nhelpers.value_of(answer)",
    "import doctest\ndef f(): pass\nf.__doc__ = '>>> ' + answer + '\\n'\ndoctest.run_docstring_examples(f, {})",
]
TABLES = [
    "import pandas as pd\npd.DataFrame({'a': [1]}).query(answer)",
    "import pandas as pd\npd.DataFrame({'a': [1]}).eval('b = ' + answer)",
    "import pandas as pd\npd.eval(answer)",
]


class Over(BaseException):
    """The test was ended."""


def run(source: str, answer: str, cells: set[str] | None = None) -> list[str]:
    """Run a test cell with an answer. Returns what was run in the student's process."""
    again: list[str] = []

    def refuse(reason: str) -> None:
        raise Over(reason)

    def run_again(text: str) -> bool:
        if text in (cells or set()):
            again.append(text)
        return text in (cells or set())

    names: dict[str, Any] = {"__name__": "__main__", "answer": answer}
    code = compile(source, "test-1", "exec")
    with foreign_code(texts_in(statements(source)), run_again, refuse):
        exec(code, names)
    return again


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a module of the lab."""
    (tmp_path / "helpers.py").write_text("def value_of(text):\n    return eval(text)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("helpers", None)
    return tmp_path


@pytest.mark.parametrize("source", [*USES, *TABLES])
def test_a_students_text_is_not_run(folder: Path, source: str) -> None:
    with pytest.raises(Over, match="runs a text as code"):
        run(source, ANSWER)
    assert not (folder / "was-here").exists()


@pytest.mark.parametrize("source", USES)
def test_without_the_look_it_would_be(folder: Path, source: str) -> None:
    try:
        exec(source, {"answer": ANSWER})
    except Exception as error:  # what sympy makes of the result
        print(error)
    assert (folder / "was-here").exists()


def test_a_cell_of_the_student_is_run_where_it_belongs(folder: Path) -> None:
    assert run("exec(answer)", ANSWER, {ANSWER}) == [ANSWER]
    with pytest.raises(Over):
        run("eval(answer)", ANSWER, {ANSWER})
    assert not (folder / "was-here").exists()


def test_all_is_as_before_when_the_test_is_over() -> None:
    before = exec, eval, compile
    with pytest.raises(Over):
        run("eval(answer)", ANSWER)
    assert (exec, eval, compile) == before

"""IPython's lines in a cell: what stays of it is Python, line by line."""

import ast

import pytest

from autograder.course.magics import plain_python
from autograder.examine.derivatives import suspects
from autograder.examine.policy import parse

AUTOMATIC = "def f(x):\n    return torch.autograd.grad(x, x)"


@pytest.mark.parametrize(
    "source",
    [
        f"%%time\n{AUTOMATIC}",
        f"!pip list\n{AUTOMATIC}",
        f"files = !ls\n{AUTOMATIC}",
        f"{AUTOMATIC}\nf?",
        f"{AUTOMATIC}\n%timeit f(1)",
        f"if True:\n    %matplotlib inline\n{AUTOMATIC}",
    ],
)
def test_an_answer_with_such_lines_is_read_and_lines_keep_their_numbers(source: str) -> None:
    tree = ast.parse(plain_python(source))
    node, what = next(suspects(tree, {}, set()))
    assert what == "automatic differentiation"
    assert "autograd.grad" in source.split("\n")[node.lineno - 1]


@pytest.mark.parametrize("source", ["x = a != b", "y = a % b", "text = 'why?'", "%%bash\nls"])
def test_what_is_python_stays_and_other_languages_are_not_read(source: str) -> None:
    assert plain_python(source) == source or parse(source) is None


def test_what_parses_as_it_is_is_left_alone() -> None:
    tree = parse("z = (7\n% 4)")
    assert tree is not None and ast.unparse(tree) == "z = 7 % 4"


def test_a_long_line_takes_no_time() -> None:
    assert plain_python("a " * 500_000 + "?").endswith("?")

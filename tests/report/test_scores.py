"""The table of scores that a command prints."""

from autograder.report.scores import Row, short_names, table


def test_notebooks_are_called_by_their_first_words_where_these_tell_them_apart() -> None:
    assert list(short_names(["exercise1_descent", "exercise2_chain_rule"]).values()) == ["exercise1", "exercise2"]
    same = ["lab01", "lab01_ans"]
    assert short_names(same) == {name: name for name in same}
    head, *_ = table([Row("s01", dict.fromkeys(same, 1.0), 2.0, 4.0, "")]).splitlines()
    assert head.split() == ["student", "lab01", "lab01_ans", "total", "remark"]

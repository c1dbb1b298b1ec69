"""What a student reads of an error that ended a test cell."""

from autograder.examine.rules import explanation


def test_an_error_without_a_text_ends_in_no_colon() -> None:
    said = []
    for error in (NotImplementedError(), ValueError("no such thing")):
        error.of_student = True  # type: ignore[attr-defined]
        said.append(explanation(error))
    assert said == ["Your code raised NotImplementedError.", "Your code raised ValueError: no such thing"]

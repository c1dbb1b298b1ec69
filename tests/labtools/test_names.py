"""The student's names as a judge gets them."""

import pytest

import labtools


def test_names_are_looked_up_when_they_are_used() -> None:
    namespace: dict[str, int] = {}
    student = labtools.names(namespace)
    with pytest.raises(NameError, match="name 'gradient' is not defined"):
        _ = student.gradient
    namespace["gradient"] = 7
    assert student.gradient == 7

"""Messages name commands as the reader has them: targets of make in a checkout, else those of the package."""

from pathlib import Path

import pytest

from autograder.course import Course, command, course


@pytest.mark.parametrize(
    ("checkout", "wanted"),
    [
        (True, ["make release LAB=ps1", "make export PARTIAL=1", "make drop STUDENT=s01"]),
        (False, ["autograder release --lab ps1", "autograder export --partial", "autograder drop s01"]),
    ],
)
def test_a_command_is_named_as_the_reader_has_it(
    checkout: bool, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "in_checkout", lambda: checkout)
    lab = Course(Path(), Path(), "ps1")
    found = [
        command("release", lab),
        command("export", None, "PARTIAL=1", "--partial"),
        command("drop", None, "STUDENT=s01", "s01"),
    ]
    assert found == wanted


def test_no_message_names_a_target_of_make_outright(home: Path) -> None:
    """But for what only a checkout can do: `make worker`, and the text that begins a course's configuration."""
    lines = [
        f"{path.name}: {line.strip()}"
        for path in (home / "autograder").rglob("*.py")
        for line in path.read_text().splitlines()
        if ("`make " in line or ": make " in line) and "make worker" not in line and '"' in line and '"""' not in line
    ]
    assert lines == []

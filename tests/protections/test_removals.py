"""Each protection is needed: when it is taken out, tests fail or attacks get other points than they earned."""

from pathlib import Path

import pytest

from autograder.sandbox import bubblewrap
from tests.protections.removals import Removal, copy_without, outcomes, read_removals

REMOVALS = read_removals(Path(__file__).parent)


@pytest.fixture(scope="session")
def sandbox() -> None:
    if reason := bubblewrap.missing():
        pytest.skip(reason)


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.protection)
def test_what_is_taken_out_is_there(home: Path, removal: Removal) -> None:
    """Each edit finds its code, once: an entry that has gone stale shows at once, not only in the slow test."""
    for edit in removal.edits:
        assert (home / edit.file).read_text().count(edit.code) == 1, f"{edit.file}: {edit.code}"


@pytest.mark.slow
@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.protection)
def test_without_it_something_fails(home: Path, tmp_path: Path, removal: Removal) -> None:
    copy_without(removal, home, tmp_path)
    found, text = outcomes(removal, tmp_path)
    wanted = dict.fromkeys(removal.must_fail, "FAILED") | dict.fromkeys(removal.must_pass, "PASSED")
    assert found == wanted, text

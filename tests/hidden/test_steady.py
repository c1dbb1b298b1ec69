"""No verdict on rounding or on the draw of inputs: answers near a threshold get the same points with every seed."""

from pathlib import Path

import pytest

from autograder.check import Entry, read_bank
from tests.conftest import HOME
from tests.hidden.conftest import run_test_cell
from tests.hidden.test_judges import POINTS, answer_before

from labtools import checks

#: The test cells whose verdicts have tolerances that an answer may come near to, by the answer that they judge.
NEAR = {
    answer_before(test): test
    for test in (
        "test-early-stopping",
        "test-sigmoid",
        "test-predict",
        "test-get-loss",
        "test-finite-differences",
        "test-check-gradients",
        "test-train",
    )
}
BANK = HOME / "tests/lab03"
#: Alone in a few seeds: one checker of each kind, differences of each precision, rules of stopping, guards.
FEW = (
    "checker-purely-relative checker-relative-with-floor checker-float32 checker-norm-ratio-1e-3 checker-allclose "
    "finite-differences-list-to-float32 finite-differences-forward differences-float32-all differences-module-helper "
    "opt-tol-5e-4 opt-float32 optimizer-tolerance-too-loose loss-clamp-1e-7 loss-eps-1e-8 train-clipped train-float32 "
    "optimizer-stops-at-small-values optimizer-value-near-known-minimum optimizer-distance-to-the-known-minimum "
    "predict-single-precision check-gradients-three-percent"
)


def near(folder: Path) -> list[Entry]:
    """The answers of a folder of the bank that such a test cell judges."""
    entries = [entry for entry in read_bank(folder) if set(NEAR) & set(entry.answers) and not entry.files]
    alone = {"optimizer-remembers-ends"}  # shows only after another test cell
    return [entry for entry in entries if entry.base == "reference" and not entry.after and entry.name not in alone]


ENTRIES = {entry.name: entry for kind in ("wheats", "chaffs") for entry in near(BANK / kind)}


def expect_steady(entry: Entry, seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    for cell in set(NEAR) & set(entry.answers):
        test = NEAR[cell]
        wanted = entry.points.get(test, POINTS[test])
        for seed in seeds:
            monkeypatch.setattr(checks, "seed", str(seed))
            results = run_test_cell(test, entry.answers)
            said = [result.message for result in results if result.message]
            assert sum(result.earned for result in results) == pytest.approx(wanted), (seed, said)


@pytest.mark.parametrize("name", FEW.split())
def test_the_points_are_those_of_the_bank(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expect_steady(ENTRIES[name], range(3), monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENTRIES)
def test_the_points_are_the_same_over_thirty_seeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expect_steady(ENTRIES[name], range(30), monkeypatch)

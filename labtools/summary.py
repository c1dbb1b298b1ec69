"""The last line of a notebook: what is written, what is earned, and how to check it before handing in."""

from __future__ import annotations

from labtools import checks, stale

BEFORE = "Before you hand in: save all notebooks, and run `python -m labtools` in their folder."


def summary() -> None:
    """Say how the test cells that were run in this notebook ended. Prints nothing where a lab is graded."""
    if not stale.watching:
        return
    ran = list(checks.latest.values())
    results = [result for each in ran for result in each.results]
    if not results:
        print(f"No check was run yet: choose `Run All Cells`. {BEFORE}")
        return
    earned, most = sum(result.earned for result in results), sum(result.weight for result in results)
    rest = sum(each.points for each in ran) - most
    missing = sum(all("ot written yet" in result.message for result in each.results) for each in ran)
    failed = sum(bool(result.message) for result in results)
    print(f"Written: {len(ran) - missing} of the {len(ran)} answers that checks were run for.")
    print(f"Earned: {earned:g} of the {most:g} points of the checks above; {failed} of these checks do not pass.")
    print(f"{rest:g} more points come from checks that run when the lab is graded, with other inputs.")
    print(BEFORE)

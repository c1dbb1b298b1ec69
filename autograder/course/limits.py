"""How long student code may run, and how much it may print. Set them in nbgrader_config.py as `c.Examine`."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from traitlets.config import Config

from autograder.course.course import CourseError

if TYPE_CHECKING:
    from autograder.sandbox import Limits

T = TypeVar("T")


@dataclass(frozen=True)
class TimeLimits:
    cell_seconds: float = 20.0  # of one cell
    call_seconds: float = 10.0  # of one question that a check asks
    submission_seconds: float = 300.0  # of one submission, all its notebooks
    output_bytes: int = 2_000_000  # of what one cell prints or draws, that are kept
    endless_bytes: int = 100_000_000  # that one cell may print or draw, kept or not, before it is stopped
    notebook_bytes: int = 20_000_000  # of all outputs that are kept of one notebook
    restarts: int = 25  # of the kernel of one notebook

    def hurried(self, usual: float) -> TimeLimits:
        """The limits of one that has to hurry, since others wait: `usual` seconds are what a submission takes.

        The same as without hurry, where a cell could have its whole time.
        """
        if usual >= 2 * self.cell_seconds:
            return self
        short = max(0.5, usual / 2)
        return replace(
            self,
            cell_seconds=min(self.cell_seconds, short),
            call_seconds=min(self.call_seconds, short),
            submission_seconds=min(self.submission_seconds, 8 * short),
        )


def time_limits(config: Config) -> TimeLimits:
    """The limits of time and output in nbgrader's configuration (`c.Examine`)."""
    return _read(dict(config.Examine), "Examine", TimeLimits)


def sandbox_limits(config: Config) -> Limits:
    """The limits of the kernels in nbgrader's configuration (`c.Sandbox`)."""
    from autograder.sandbox import Limits  # with it comes Jupyter, which commands that only read do not need

    given = {name: value for name, value in config.Sandbox.items() if name != "level"}
    return _read(given, "Sandbox", Limits)


def sandbox_level(config: Config, asked: str | None = None) -> str:
    """The level of protection: what was `asked` for on the command line, else `c.Sandbox.level`, else "full".

    No setting switches protection off: that has to be asked for each time.
    """
    from autograder.sandbox import FULL, NONE, REDUCED

    level = asked or config.Sandbox.get("level", FULL)
    if level not in (FULL, REDUCED) and not (asked and level == NONE):
        raise CourseError(f"nbgrader_config.py sets Sandbox.level to '{level}'; it may be {FULL} or {REDUCED}.")
    return level


def _read(given: dict[str, Any], section: str, kind: type[T]) -> T:
    unknown = set(given) - {each.name for each in fields(kind)}  # type: ignore[arg-type]
    if unknown:
        raise CourseError(f"nbgrader_config.py sets {section}.{sorted(unknown)[0]}, which does not exist.")
    return kind(**given)

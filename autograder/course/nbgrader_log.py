"""nbgrader's log, kept off the screen."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator


@contextlib.contextmanager
def errors_of_nbgrader() -> Iterator[list[str]]:
    """Keep nbgrader's log off the screen. Yields the errors in it."""
    logger = logging.getLogger("traitlets")
    errors: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: errors.append(record.getMessage())  # type: ignore[method-assign]
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield errors
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def why_nbgrader_stopped(errors: list[str], error: Exception) -> str:
    """Why nbgrader gave up, in a line: the last one of the first traceback in its log, else of the exception."""
    texts = [text for text in errors if "Traceback" in text] or [str(error) or type(error).__name__]
    return texts[0].strip().splitlines()[-1]

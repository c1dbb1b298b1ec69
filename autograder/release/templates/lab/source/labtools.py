"""Tools of the lab: checks that give points, questions to the student's code, figures with a description.

Probes of the lab's own go here.
"""

from __future__ import annotations

from checks import Checks, call_again, call_many, expect, expect_close, numbers, random_numbers, read
from showing import show, written

__all__ = [
    "Checks",
    "call_again",
    "call_many",
    "expect",
    "expect_close",
    "numbers",
    "random_numbers",
    "read",
    "show",
    "written",
]

if __name__ == "__main__":  # python -m labtools
    import sys
    from pathlib import Path

    from handin import main

    sys.exit(main(Path.cwd()))

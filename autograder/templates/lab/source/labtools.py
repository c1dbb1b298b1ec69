"""Tools of the lab: checks that give points, and questions to the student's code. Probes of the lab go here."""

from __future__ import annotations

from checks import Checks, call_again, call_many, expect, expect_close, numbers, random_numbers, read

__all__ = ["Checks", "call_again", "call_many", "expect", "expect_close", "numbers", "random_numbers", "read"]

if __name__ == "__main__":  # python -m labtools
    import sys
    from pathlib import Path

    from handin import main

    sys.exit(main(Path.cwd()))

"""The process that reads students' formulas for the check of derivations: it has limits, and may be ended at any time.

Each line that it gets, {"question": …, "answer": …}, is answered with a line, [{"left": …, "right": …, "state": …}].
"""

from __future__ import annotations

import json
import resource
import sys

from autograder.proofs.derivation import check

MEMORY = 3 * 1024**3  # bytes of address space, libraries included


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        task = json.loads(line)
        try:
            steps = [vars(step) for step in check(task["question"], task["answer"])]
        except (MemoryError, RecursionError):
            steps = []
        print(json.dumps(steps), flush=True)


if __name__ == "__main__":
    main()

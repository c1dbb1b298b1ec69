"""The command line: runs one subcommand, with one line for what went wrong, and exit codes that scripts can use."""

from __future__ import annotations

import os
import select
import sys

from autograder.arguments import make_parser
from autograder.course import CourseError, use_own_commands


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 if all went well, 1 if the course needs attention, 2 for a wrong command line.

    130 means that it was stopped by Ctrl-C, 141 that nobody reads its output any more.
    """
    options = make_parser().parse_args(arguments)
    use_own_commands()
    try:
        status = options.function(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        if not nobody_reads():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be written
        return 141
    except CourseError as error:
        print(f"autograder {options.command}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        advice = "What was recorded stays; mend that, and run the same command again."
        print(f"autograder {options.command}: {error}. {advice}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            f"autograder {options.command}: stopped. What was recorded stays; run it again to go on.", file=sys.stderr
        )
        return 130


def nobody_reads() -> bool:
    """Whether the reader of our output has gone, as `head` does when it has enough."""
    poll = select.poll()
    poll.register(sys.stdout, 0)
    return bool(poll.poll(0))

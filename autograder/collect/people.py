"""Whether the numbers in a Moodle download are those of people: where a group hands in, its folder bears the group's.

The two look the same, and a group's number may be some participant's by chance. So without Moodle's worksheet numbers
are believed only where the names beside them say that they are people's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from autograder.collect.lms import same_name
from autograder.collect.recipients import Recipient

UNCERTAIN = (
    "nothing says whether the numbers in the download are those of participants or of groups, and Moodle takes grades "
    "and feedback by those of participants"
)


def of_people(recipients: list[Recipient], listed: Iterable[str]) -> bool:
    """Whether Moodle's numbers of a lab's submissions are participants', as a worksheet or the class list tells.

    `listed` are the full names of everybody who is known.
    """
    alone = [each.name for each in recipients if each.system == "Moodle" and each.student == each.submission]
    return is_blind(alone) or 2 * how_many_listed(alone, listed) >= len(alone)


def is_blind(names: list[str]) -> bool:
    """Whether all are called the same, as in blind marking; two groups of a course are not."""
    return len(names) > 1 and len(set(names)) == 1


def how_many_listed(names: list[str], listed: Iterable[str]) -> int:
    known = set(map(words_of, listed))
    return sum(words_of(name) in known for name in names)


def called_as_groups(names: list[str]) -> bool:
    """Whether most names have a number as a word, or begin with one word, as groups are called by Moodle itself."""
    different = set(names)
    numbered = sum(bool(re.search(r"(?<!\w)\d+(?!\w)", name)) for name in different)
    alike = max(Counter(name.split()[0] for name in different if name.strip()).values(), default=0)
    return 2 * max(numbered, alike if len(different) > 2 else 0) > len(different)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in an order that does not depend on where the family name stands."""
    return tuple(sorted(map(same_name, name.replace(",", " ").split())))

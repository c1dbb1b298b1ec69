"""What wrong numbers have in common, where no known mistake explains them: a factor, a distance, a precision."""

from __future__ import annotations

import math
from collections.abc import Sequence

Row = Sequence[float]
EXACT = 1e-6  # relative: so far may numbers be apart that follow a pattern
ROUGH = 0.02  # relative: nearly right


def pattern(got: Sequence[Row], wanted: Sequence[Row]) -> str:
    """What the wrong numbers `got` of several calls have in common, in words; the empty text if it is nothing known."""
    pairs = [pair for a, b in zip(got, wanted) for pair in zip(a, b)]
    if len(pairs) < 3 or not all(math.isfinite(number) for pair in pairs for number in pair):
        return ""
    size = max(abs(right) for _, right in pairs)
    if all(a == 0 for a, _ in pairs):
        return "All numbers are 0." if size else ""
    if len(got) > 2 and _same(got) and not _same(wanted):
        return "The numbers are the same whatever your code is given: does it compute with its arguments alone?"
    return _factor(pairs, size) or _distance(pairs, size) or _nearly(pairs, size)


def _same(rows: Sequence[Row]) -> bool:
    return all(list(row) == list(rows[0]) for row in rows)


def _factor(pairs: Sequence[tuple[float, float]], size: float) -> str:
    a, b = max(pairs, key=lambda pair: abs(pair[1]))
    k = a / b if b else 0.0
    telling = sum(abs(y) > EXACT * size for _, y in pairs)
    if not k or telling < 3 or any(abs(x - k * y) > EXACT * size * abs(k) for x, y in pairs) or abs(k - 1) < ROUGH:
        return ""
    if abs(k + 1) < EXACT:
        return "All signs are turned round."
    return f"All numbers are {k:.4g} times as large as they should be."


def _distance(pairs: Sequence[tuple[float, float]], size: float) -> str:
    away = pairs[0][0] - pairs[0][1]
    if any(abs(x - y - away) > EXACT * size for x, y in pairs) or abs(away) < ROUGH * size:
        return ""
    return f"All numbers are too {'large' if away > 0 else 'small'} by {abs(away):.4g}."


def _nearly(pairs: Sequence[tuple[float, float]], size: float) -> str:
    worst = max(abs(x - y) for x, y in pairs) / size if size else 1.0
    if worst > ROUGH:
        return ""
    return (
        f"The numbers are nearly right, up to a part in {1 / worst:.0f}: is something rounded, computed with fewer "
        "digits, or a small number added?"
    )

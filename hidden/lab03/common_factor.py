"""A factor that all numbers of an answer have in common, such as N where a sum stands for a mean: one slip.

It must not cost every check of a cell. So the checks of single numbers look at them up to this factor, and one
check of its own looks at the factor.
"""

from __future__ import annotations

from collections.abc import Sequence


def common_factor(got: Sequence[float], right: Sequence[float], most: int, largest: float = 20.0) -> float:
    """The factor k with got = k · right for at least `most` of the numbers; 1 if there is none.

    A factor larger than `largest`, or smaller than its inverse, does not count: then nothing works. Nor does one within
    1 % of 1, which is rounding: in float32 the step of a finite difference may be wrong by the same part everywhere.
    """
    pairs = sorted(zip(got, right), key=lambda pair: -abs(pair[1]))  # where rounding shows least comes first
    for a, b in pairs:
        k = a / b if b else 0.0
        close = sum(abs(c - k * d) <= abs(k) * (1e-8 + 1e-6 * abs(d)) for c, d in pairs)
        if 1 / largest <= abs(k) <= largest and close >= most:
            return 1.0 if abs(k - 1) < 0.01 else k
    return 1.0

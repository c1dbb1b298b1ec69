"""What the checks and given cells of this lab have done beside your code; its results come back as plain data.

The drawing code stands in `labtools.probes.figures`.
"""

from __future__ import annotations

from labtools.probes.comparing import compare, compare_all
from labtools.probes.differentiating import derivatives, derivatives_without_autograd, follows_through
from labtools.probes.form import by_name, expect_form, expect_tensor, expect_unchanged, result
from labtools.probes.optimizing import Descent, expect_walked, optimize
from labtools.probes.stand_ins import STAND_INS, call_and_look, call_with
from labtools.probes.training import Training, try_check, try_out

__all__ = [
    "STAND_INS",
    "Descent",
    "Training",
    "by_name",
    "call_and_look",
    "call_with",
    "compare",
    "compare_all",
    "derivatives",
    "derivatives_without_autograd",
    "expect_form",
    "expect_tensor",
    "expect_unchanged",
    "expect_walked",
    "follows_through",
    "optimize",
    "result",
    "try_check",
    "try_out",
]

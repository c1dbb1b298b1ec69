"""A course kit for Jupyter: releases made from master notebooks, and submissions graded against them."""

import sys

# jsonschema loads this where it is installed, which takes a second, to check formats that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

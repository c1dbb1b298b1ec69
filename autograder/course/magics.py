"""The Python in a cell with IPython's own lines: `%%time` above an answer does not keep it from being read."""

from __future__ import annotations

import re

#: Cell magics whose body is Python.
MAGIC = re.compile(r"^%%(time|timeit|capture|prun|debug)\b")
#: `%magic`, `!command` and `name?`, as a line; a result that is kept becomes None.
LINE = re.compile(r"^(\s*)(?:%(?!%).*|!.*|\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$")
KEPT = re.compile(r"^(\s*[\w, ]{1,200}=\s*)[%!][^=].*$")


def plain_python(source: str) -> str:
    """The source with IPython's lines replaced, each by one line of Python, so that lines keep their numbers."""
    lines = source.split("\n")
    if lines and MAGIC.match(lines[0]):
        lines[0] = "pass"
    return "\n".join(KEPT.sub(r"\1None", LINE.sub(r"\1pass", line)) for line in lines)

"""What a command that only reads does not wait for: packages whose bodies load far more than is wanted of them.

`import nbgrader.api` runs the body of `nbgrader` first, which loads its extensions of Jupyter's server, and so that
server, the notebook and all converters: half a second, to read a table. It is the same with `nbconvert` and its
exporters. Here such a body runs when somebody asks for a name that it defines. tests/test_light.py holds that against
the pinned versions.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

BODIES = ("nbconvert", "nbgrader")
#: jsonschema loads this where it is installed, which takes a second, to check formats that no notebook has.
UNUSED = ("rfc3987_syntax",)


def load_light() -> None:
    """From now on packages in BODIES are imported without their bodies, and what is UNUSED is not imported at all.

    What is imported stays, and a sixth of the time went into looking through it for garbage: that is done less often.
    """
    gc.set_threshold(50_000)
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    for name in BODIES:
        if name not in sys.modules:
            without_body(name)


def without_body(name: str) -> None:
    """Import a package whose body runs once it is asked for a name that is none of its modules."""
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    module, loader = module_from_spec(spec), spec.loader

    def ask(attribute: str) -> Any:
        if find_spec(f"{name}.{attribute}"):
            return import_module(f"{name}.{attribute}")
        if vars(module).pop("__getattr__", None):
            loader.exec_module(module)
        return getattr(module, attribute)

    vars(module)["__getattr__"] = ask
    sys.modules[name] = module


def handed_on(package: str, places: dict[str, Sequence[str]]) -> Callable[[str], Any]:
    """The `__getattr__` of a package of ours that loads a module once somebody asks for one of its names.

    `places` are the names by module.
    """
    modules = {name: f"{package}.{module}" for module, names in places.items() for name in names}

    def ask(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(modules[name]), name)

    return ask

"""The order of the rooms: imports lead down the house, and from room to room through what a package hands on."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

#: From the top down: a room uses only what stands in a later line.
FLOORS = [
    ["__main__"],
    ["cli"],
    ["arguments"],
    ["commands"],
    ["demo", "doctor"],
    ["settings"],
    ["ways_in"],
    ["proofs", "solution"],
    ["report"],
    ["export", "gradescope"],
    ["check"],
    ["importing", "grade"],
    ["release"],
    ["record"],
    ["dispatch"],
    ["examine"],
    ["collect"],
    ["intake"],
    ["course"],
    ["sandbox"],
    ["light"],
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def imports(file: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Where a file imports what of this package: line, module, names."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "autograder":
            yield node.lineno, node.module or "", [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (
                (node.lineno, alias.name, []) for alias in node.names if alias.name.split(".")[0] == "autograder"
            )


def faults(package: Path) -> list[str]:
    """Imports of a package that lead up, or past what a room hands on."""
    found = []
    for file in sorted(package.rglob("*.py")):
        inside = file.relative_to(package)
        room = inside.parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for line, module, names in imports(file):
            targets = [f"autograder.{name}" for name in names] if module == "autograder" else [module]
            for target in targets:
                other = target.split(".")[1]
                place = f"{inside}:{line} imports {target}"
                if other == room:
                    continue
                if FLOOR[other] <= FLOOR[room]:
                    found.append(f"{place}, which stands above it")
                elif target.count(".") > 1:
                    found.append(f"{place}, past what {other} hands on")
    return found


def test_every_room_has_its_floor(home: Path) -> None:
    here = {path.name.removesuffix(".py") for path in (home / "autograder").iterdir() if not path.name.startswith("_")}
    assert here | {"__main__"} == set(FLOOR)


def test_imports_lead_down_through_what_a_room_hands_on(home: Path) -> None:
    assert faults(home / "autograder") == []


@pytest.mark.parametrize(
    ("room", "code", "word"),
    [
        ("intake", "from autograder.record import Writer", "above"),
        ("record", "from autograder.course.names import names_used", "past"),
        ("course", "def late():\n    import autograder.examine", "above"),
        ("sandbox", "from autograder import course", "above"),
    ],
)
def test_what_leads_elsewhere_is_found(tmp_path: Path, room: str, code: str, word: str) -> None:
    (tmp_path / room).mkdir()
    (tmp_path / room / "new.py").write_text(code)
    (fault,) = faults(tmp_path)
    assert word in fault

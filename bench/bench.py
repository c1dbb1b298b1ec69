"""How fast is grading? The same class, graded by stock nbgrader and by this kit, on this machine, in one run.

Five ways, in turn, several times:
  stock      nbgrader's own autograde, its default Execute, one submission after the other
  per core   the same, one process a core, each with its share of the class and a gradebook of its own
  kit        this kit's autograde, with its sandbox
  unchanged  the same again, when nothing has changed
  floor      the same cells run by IPython in processes forked from a warm parent: CPU time only

Stock nbgrader and the floor take the first submissions of the class only (--sample): their time for a submission
does not depend on how many others there are. A kit's run has its start in it, which does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import nbformat

from autograder.check import hand_in, read_bank
from autograder.course import Course, is_test, open_course, read_notebook, use_own_commands
from autograder.release.make import put_hidden_tests
from bench.measure import Cost, run_all
from bench.memory import report_memory

WAYS = ["stock", "per core", "kit", "unchanged", "floor"]
STOCK = ("stock", "per core")
WHOLE = ("kit", "unchanged")  # these take the whole class
CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\npass"}}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", default="lab03")
    parser.add_argument("--size", type=int, default=500, help="submissions in the class (default: %(default)s)")
    parser.add_argument(
        "--sample", type=int, default=12, help="those for stock nbgrader and the floor (default: %(default)s)"
    )
    parser.add_argument("--repeat", type=int, default=2, help="runs of each way (default: %(default)s)")
    parser.add_argument("--only", nargs="*", default=WAYS, choices=WAYS)
    options = parser.parse_args()
    if "unchanged" in options.only and "kit" not in options.only:
        parser.error("what is unchanged has to be graded first: --only kit unchanged")
    use_own_commands()
    home = open_course(options.lab)
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        names = make_class(home, Path(folder) / "class", options.size)
        sample = names[: options.sample]
        print(
            f"{len(names)} submissions of {options.lab} ({len(sample)} for stock nbgrader and the floor), "
            f"{cores} cores, {options.repeat} runs of each",
            flush=True,
        )
        ways = {
            "stock": lambda place: run_stock(home, place, [sample]),
            "per core": lambda place: run_stock(home, place, [sample[core::cores] for core in range(cores)]),
            "kit": lambda place: run_kit(home, place, cores),
            "unchanged": lambda place: run_kit(home, place, cores),
            "floor": lambda place: run_floor(home, place, sample),
        }
        costs: dict[str, list[Cost]] = {way: [] for way in WAYS if way in options.only}
        for number in range(options.repeat):
            place = Path(folder) / str(number)
            shutil.copytree(Path(folder) / "class", place)
            for way in costs:
                last = ways[way](place)
                costs[way].append(last)
                print(f"  run {number + 1}, {way}: {last.wall:.1f} s, {last.cpu:.1f} s CPU", flush=True)
            shutil.rmtree(place)
        report(costs, {way: len(names) if way in WHOLE else len(sample) for way in costs})
        if "kit" in costs:
            report_memory(home, cores)


def make_class(home: Course, place: Path, size: int) -> list[str]:
    """A class of right, wrong and blank submissions, in turn. Returns the students' names."""
    course = Course(home.home, place, home.lab)
    entries = [
        entry for entry in read_bank(home.home / "tests" / home.lab / "class") if not (entry.hostile or entry.files)
    ]
    names = []
    for number in range(size):
        entry = entries[number % len(entries)]
        names.append(f"s{number:03}-{entry.name}")
        hand_in(replace(entry, name=names[-1]), course)
    return names


def run_stock(home: Course, place: Path, shares: list[list[str]]) -> Cost:
    """nbgrader's own autograde: one process for each share of the class."""
    commands, folders = [], []
    for number, share in enumerate(shares):
        root = place / f"share-{number}-of-{len(shares)}"
        for name in share:
            shutil.copytree(place / "submitted" / name, root / "submitted" / name)
        shutil.copytree(home.source, root / "source" / home.lab, ignore=shutil.ignore_patterns("__pycache__"))
        (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
        nbgrader = str(Path(sys.executable).parent / "nbgrader")
        subprocess.run([nbgrader, "generate_assignment", home.lab], cwd=root, check=True, capture_output=True)
        commands.append([nbgrader, "autograde", home.lab])
        folders.append(root)
    return run_all(commands, folders, os.environ | {"OMP_NUM_THREADS": "1"})


def run_kit(home: Course, place: Path, jobs: int) -> Cost:
    """This kit's autograde. What it has graded before, and has not changed, it does not grade again."""
    for name in ("source", "release", "nbgrader_config.py"):
        if not (place / name).exists():
            os.symlink(home.home / name, place / name)
    command = [sys.executable, "-m", "autograder", "autograde", "--lab", home.lab, "--jobs", str(jobs)]
    return run_all([command], [place], dict(os.environ))


def run_floor(home: Course, place: Path, names: list[str]) -> Cost:
    """The notebooks with all tests in them, run by bench/floor.py. It changes what was handed in, and so comes last."""
    paths = []
    for name in names:
        for path in sorted((place / "submitted" / name / home.lab).glob("*.ipynb")):
            notebook = read_notebook(path)
            put_hidden_tests(notebook, read_notebook(home.source / path.name))
            assert any(is_test(cell) for cell in notebook.cells)
            nbformat.write(notebook, path)
            paths.append(str(path))
    command = [sys.executable, "-m", "bench.floor", str(home.release), *paths]
    done = subprocess.run(command, cwd=home.home, check=True, capture_output=True, text=True)
    return Cost(0.0, float(done.stdout), 0.0)


def report(costs: dict[str, list[Cost]], sizes: dict[str, int]) -> None:
    """Print medians with the smallest and largest value, and the ratios of the medians."""
    print(f"\n{'':10}{'s a submission':>26}{'CPU s a submission':>26}{'peak MB':>12}")
    middle: dict[str, Cost] = {}
    for way, runs in costs.items():
        size = sizes[way]
        walls, cpus = [run.wall / size for run in runs], [run.cpu / size for run in runs]
        middle[way] = Cost(statistics.median(walls), statistics.median(cpus), max(run.memory for run in runs))
        if way == "unchanged":
            continue
        wall = "" if way == "floor" else f"{middle[way].wall:.3f} ({min(walls):.3f} to {max(walls):.3f})"
        cpu = f"{middle[way].cpu:.3f} ({min(cpus):.3f} to {max(cpus):.3f})"
        memory = "" if way == "floor" else f"{middle[way].memory:.0f}"
        print(f"{way:10}{wall:>26}{cpu:>26}{memory:>12}")
    if "kit" in middle:
        for way in STOCK:
            if way in middle:
                print(f"the kit grades {middle[way].wall / middle['kit'].wall:.1f} times as many a second as {way}")
        if "floor" in middle:
            print(f"the kit takes {middle['kit'].cpu / middle['floor'].cpu:.2f} times the CPU of the floor")
    if "unchanged" in middle:
        again = [run.wall for run in costs["unchanged"]]
        print(
            f"a second run over {sizes['unchanged']} unchanged submissions takes "
            f"{statistics.median(again):.1f} s ({min(again):.1f} to {max(again):.1f})"
        )


if __name__ == "__main__":
    main()

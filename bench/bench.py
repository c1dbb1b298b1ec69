"""How fast is the whole way, from hand-in to feedback? This kit beside stock nbgrader, on this machine, in one run.

  stock      nbgrader's own autograde and generate_feedback, one submission after the other
  per core   the same, one process a core, each with its share of the class and a gradebook of its own
  kit        this kit, with its sandbox: collect, autograde, feedback, report, similarity, export; the same again, when
             nothing has changed; one student whose submission is another one, with feedback
  floor      the same cells run by IPython in processes forked from a warm parent: CPU time only

Stock nbgrader and the floor take a sample of the class (--sample): their time for a submission does not depend on how
many others there are. A run of this kit has its start in it, which does. bench/growth.py measures larger classes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from autograder.course import open_course, use_own_commands
from bench.classes import make_class, make_download
from bench.measure import Cost
from bench.memory import report_memory
from bench.stock import run_floor, run_stock
from bench.table import sentences, table_of_steps, table_of_ways
from bench.whole_way import run_whole_way

WAYS = ["stock", "per core", "kit", "floor"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", default="lab03")
    parser.add_argument("--size", type=int, nargs="+", default=[24, 100, 500], help="submissions in the classes")
    parser.add_argument(
        "--sample", type=int, default=12, help="those for stock nbgrader and the floor (default: %(default)s)"
    )
    parser.add_argument("--repeat", type=int, default=2, help="runs of each way (default: %(default)s)")
    parser.add_argument("--only", nargs="*", default=WAYS, choices=WAYS)
    options = parser.parse_args()
    use_own_commands()
    home = open_course(options.lab)
    cores = os.cpu_count() or 1
    kit: dict[int, list[dict[str, Cost]]] = {size: [] for size in options.size} if "kit" in options.only else {}
    stock: list[dict[str, Cost]] = []
    per_core: list[dict[str, Cost]] = []
    floor: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "class"
        names = make_class(home, whole, max(options.size))
        sample, submitted = names[: options.sample], whole / "submitted"
        shares = [share for core in range(cores) if (share := sample[core::cores])]
        downloads = {}
        for size in kit:
            downloads[size] = make_download(whole, home.lab, names[:size]).rename(Path(folder) / f"{size}.zip")
        for number in range(options.repeat):
            place = Path(folder) / str(number)
            if "stock" in options.only:
                stock.append(run_stock(home, submitted, place, [sample]))
                told(number, "stock", stock[-1])
            if "per core" in options.only:
                per_core.append(run_stock(home, submitted, place, shares))
                told(number, "per core", per_core[-1])
            for size, runs in kit.items():
                runs.append(run_whole_way(home, place / f"kit-{size}", downloads[size]))
                told(number, f"kit, {size}", runs[-1])
            if "floor" in options.only:
                floor.append(run_floor(home, submitted, place, sample).cpu)
                told(number, "floor", {"cells": Cost(0.0, floor[-1], 0.0)})
            shutil.rmtree(place)
    print(f"\n{cores} cores, {options.repeat} runs of each in turn, medians\n")
    if kit:
        print("\n".join([*table_of_steps(kit), ""]))
    print("\n".join(table_of_ways(kit, stock, per_core, floor, len(sample))))
    if kit:
        print("\n".join(["", *sentences(kit, stock, floor, len(sample))]))
        report_memory(home, cores)


def told(number: int, way: str, costs: dict[str, Cost]) -> None:
    """Show how far the measurement is."""
    shown = "; ".join(f"{step} {cost.wall:.1f} s, CPU {cost.cpu:.1f}" for step, cost in costs.items())
    print(f"  run {number + 1}, {way}: {shown}", flush=True)


if __name__ == "__main__":
    main()

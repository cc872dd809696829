"""Simulate the error rates of the model gate: `python -m tests.tools.error_rates --trials 200`.

Seeded. Each row is a kind of evaluation set; each figure is a share of the trials: of equal models blocked, of models
that are worse by the margin passed, of equal models passed and left undecided. `--part` runs one part of it. Each kind
is seeded by its name, so the number of processes changes nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from cicd.printers.terminal import table
from tests.tools.benchmarks import Figure, add_write, report
from tests.tools.error_rates import sentence
from tests.tools.error_rates.tasks import cells, tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = ("set", "gate", "equal, blocked", "worse, passed", "equal, passed", "equal, inconclusive", "covered")


def simulated(trials: int, parts: list[str], processes: int) -> list[tuple[str, ...]]:
    """Return the rows of some parts, in the order of the table."""
    chosen = [number for number, task in enumerate(tasks()) if task.part in parts]
    # A thread of its own for linear algebra in each process would wait for those of the others.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return [row for rows in pool.map(cells, chosen, [trials] * len(chosen)) for row in rows]


def figures(rows: Sequence[tuple[str, ...]]) -> list[Figure]:
    """Return the rows as figures for docs/benchmarks.md."""
    return [
        Figure(
            f"{name}: {gate}", f"blocks {blocked or '-'} of equal models, passes {passed} of worse ones",
            f"passes {equal or '-'} of equal ones, {unsure or '-'} inconclusive; intervals cover {covered or '-'}",
        )
        for name, gate, blocked, passed, equal, unsure, covered in rows
    ]  # fmt: skip


def main() -> int:
    """Print the table; with --write also keep it."""
    parts = list(dict.fromkeys(task.part for task in tasks()))
    parser = argparse.ArgumentParser(prog="python -m tests.tools.error_rates", description=__doc__)
    parser.add_argument("--trials", type=int, default=2000, metavar="N", help="sets of each kind (default: 2,000)")
    parser.add_argument("--part", action="append", choices=parts, help="only this part (default: all)")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="default: one for each processor"
    )
    add_write(parser)
    arguments = parser.parse_args()
    rows = simulated(arguments.trials, arguments.part or parts, arguments.processes)
    if arguments.write:
        report("make error-rates", figures(rows), write=True)
        sentence.write()
    else:
        sys.stdout.write(table(HEAD, rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

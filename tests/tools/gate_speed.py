"""Measure how long `ml-cicd gate` takes as a whole command, and how much memory: 5 metrics and 10 slices."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.road.support.project import COMMAND
from tests.tools.benchmarks import Figure, add_write, report

METRICS = ("accuracy", "f1", "roc_auc", "log_loss", "brier")
SIZES = ((10_000, 5, "at most 0.5 s"), (1_000_000, 3, "at most 5 s and 1 GB"))
"""Rows, how often the command runs, and what it may take."""


def figures() -> list[Figure]:
    """Return the median time of the command, and the most memory that it had, in each size."""
    options = [word for name in METRICS for word in ("--metric", name)]
    measured = []
    for rows, times, limit in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            candidate, champion = _predictions(Path(folder), rows)
            command = [str(COMMAND), "gate", "--candidate", candidate, "--champion", champion, *options]
            runs = [_run([*command, "--margin", "0.05", "--slice", "part"]) for _ in range(times)]
        seconds, worked = (statistics.median(run[place] for run in runs) for place in (0, 1))
        memory = max(run[2] for run in runs) / 1e9
        what = f"`ml-cicd gate`, {rows:,} rows, 5 metrics, 10 slices"
        measured.append(Figure(what, f"{seconds:.2f} s, {worked:.2f} s of them at work; {memory:.2f} GB", limit))
    return measured


def _run(command: list[str]) -> tuple[float, float, int]:
    """Return the seconds that a command takes, those that it works, and the bytes of memory that it had at most.

    Raises:
        SystemExit: it failed.

    """
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def _predictions(folder: Path, rows: int) -> tuple[str, str]:
    """Write predictions of two models that are equally good, and return the files."""
    files = []
    for name in ("candidate", "champion"):
        random = Random(name)
        with (folder / f"{name}.csv").open("w") as stream:
            stream.write("id,target,prediction,probability,part\n")
            for row in range(rows):
                right = random.random() < 0.9
                probability = round(0.5 + 0.4 * (1 if right == (row % 2) else -1) * random.random(), 4)
                prediction = row % 2 if right else 1 - row % 2
                stream.write(f"{row},{row % 2},{prediction},{probability},{row // 2 % 10}\n")
        files.append(str(folder / f"{name}.csv"))
    return files[0], files[1]


def main() -> int:
    """Measure and print the figures; with --write also keep them."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.gate_speed", description=__doc__)
    add_write(parser)
    report("make measure: the model gate", figures(), write=parser.parse_args().write)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the example's people do beside the images: notebooks run and are pages, DVC has the data, MLflow the runs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.road.support.project import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path


def test_workbench_tests_of_example_pass(workbench: Path) -> None:
    run(workbench, "workbench")


def test_tracking_tests_of_example_pass(tracking: Path) -> None:
    run(tracking, "tracking")


def test_report_tests_of_example_pass(reporting: Path) -> None:
    run(reporting, "report")


def run(commands: Path, kind: str) -> None:
    """Run the example's tests of a kind, which must pass."""
    done = subprocess.run(
        [commands / "python", "tests/run_tests.py", "--test-type", kind],
        cwd=EXAMPLE, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout

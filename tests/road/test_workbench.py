"""What the example's people do beside the images: every notebook runs and is a page, DVC brings the data."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.road.project import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path


def test_the_examples_own_tests_of_its_workbench_pass(workbench: Path) -> None:
    done = subprocess.run(
        [workbench / "python", "tests/run_tests.py", "--test-type", "workbench"],
        cwd=EXAMPLE, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout

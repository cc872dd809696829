"""`ml-cicd gate` imports NumPy and SciPy without threads for linear algebra, unless somebody asks for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

THREADS, TASKS = "OPENBLAS_NUM_THREADS", Path("/proc/self/task")
LOOK = f"""
import os
from cicd.gate import examination
from scipy import special
print(len(os.listdir("{TASKS}")) if os.path.isdir("{TASKS}") else 0, os.environ["{THREADS}"])
"""


def seen(**variables: str) -> list[str]:
    """Return the number of threads after the imports, and the variable that limits them."""
    environment = {name: value for name, value in os.environ.items() if name != THREADS}
    printed = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment | variables, capture_output=True, text=True, check=True
    )
    return printed.stdout.split()


@pytest.mark.linux("the list of a process's threads in /proc")
def test_gate_starts_no_threads_unasked() -> None:
    assert seen() == ["1", "1"]


def test_asked_threads_stay() -> None:
    assert seen(**{THREADS: "2"})[1] == "2"

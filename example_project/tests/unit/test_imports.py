"""Which module may import which: the rules hold, a broken one is seen, and the drawing is that of the code."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.conftest import PROJECT


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": "src"}
    return subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("module", "statement", "broken"),
    [
        (None, "", None),
        ("features/columns.py", "import flights.models.common.split", "from above to below"),
        ("models/late_arrival/features.py", "import flights.models.arrival_delay.model", "from above to below"),
        ("service/app.py", "import flights.data_loaders.choose", "neither training data nor the schemas"),
        ("service/app.py", "import pickle", "Only the bundle reads model files"),
    ],
)
def test_a_broken_rule_is_named(tmp_path: Path, module: str | None, statement: str, broken: str | None) -> None:
    shutil.copytree(PROJECT / "src", tmp_path / "src")
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    if module:
        with (tmp_path / "src" / "flights" / module).open("a") as file:
            file.write(f"\n{statement}\n")
    done = lint(tmp_path)
    said = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    if broken is None:
        assert (done.returncode, said) == (0, [])
    else:
        assert done.returncode == 1
        assert [broken in line for line in said] == [True]


def test_the_drawing_is_that_of_the_code() -> None:
    drawn = runpy.run_path(str(PROJECT / "docs" / "imports.py"))
    assert drawn["PAGE"].read_text() == drawn["page"](), "run python docs/imports.py"

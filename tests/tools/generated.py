"""Builds of the example beside those of the same project without Dockerfiles, which the kit then generates."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from cicd import variables
from tests.road.support.project import COMMAND, EXAMPLE
from tests.tools.benchmarks import Figure

SERVICE = '[deliverables.api]\nkind = "service"\n'
STARTS = f'{SERVICE}command = ["python", "-m", "flights.service"]\n'
SOURCE = "src/flights/targets.py"
TIMES = 5


def builds(base: str) -> list[Figure]:
    """Measure `ml-cicd build` after a change of one source line, with Dockerfiles of the project's own and without."""
    with tempfile.TemporaryDirectory() as folder:
        own, generated = Path(folder) / "own", Path(folder) / "generated"
        for project in (own, generated):
            shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        for kind in ("build", "release"):
            shutil.rmtree(generated / "cicd" / kind)
        config = generated / "ml-cicd.toml"
        text = config.read_text("utf-8")
        config.write_text(text.replace(SERVICE, STARTS), "utf-8")
        for project in (own, generated):
            _build(project, base)  # what changes rarely is built once, and is not measured
        pairs = [(_after_change(own, base), _after_change(generated, base)) for _ in range(TIMES)]
    beside, seconds = (median(times) for times in zip(*pairs, strict=True))
    return [
        Figure(
            "the whole command `ml-cicd build` after that change, without a Dockerfile in the project",
            f"{seconds:.2f} s",
            f"{beside:.2f} s with the example's own, {seconds / beside:.1f} times as long; at most 1.5 s",
        )
    ]


def _after_change(project: Path, base: str) -> float:
    with (project / SOURCE).open("a", encoding="utf-8") as stream:
        stream.write(f"# changed at {time.time()}\n")
    begin = time.perf_counter()
    _build(project, base)
    return time.perf_counter() - begin


def _build(project: Path, base: str) -> None:
    environment = {**os.environ, variables.ML_CICD_BASE: base}
    done = subprocess.run([COMMAND, "build"], cwd=project, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"ml-cicd build in {project.name}: {done.stdout[-2000:]}{done.stderr}")

"""A run that is cancelled during its tests leaves no container and deploys nothing."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from cicd.forge.state import Forge
from cicd.oci import engine

if TYPE_CHECKING:
    from tests.road.support.project import Project, Run


def containers(project: Project) -> list[str]:
    """Return the project's containers in which tests run."""
    labels = [f"ml-cicd.instance={Forge.of_project(project.path).instance}", "ml-cicd.role=tests-unit"]
    return [
        str(container.name)
        for container in engine.connect().containers.list(all=True, filters={"label": labels}, ignore_removed=True)
    ]


def test_cancelled_run_leaves_no_container(road: Project) -> None:
    before = road.environments()
    test = road.path / "tests" / "test_model.py"
    test.write_text("import time\ntime.sleep(300)\n" + test.read_text())
    road.git("checkout", "--quiet", "-B", "feature/long")
    road.commit("a test without an end")
    runs: list[Run] = []
    push = threading.Thread(target=lambda: runs.extend(road.push("--force", "feature/long")))
    push.start()
    deadline = time.monotonic() + 120
    while not containers(road):
        assert time.monotonic() < deadline, "its tests did not start in time"
        time.sleep(0.1)
    number = road.runs()[-1].number
    cancelled = road.command("local", "cancel", str(number))
    assert cancelled.returncode == 0, cancelled.stderr
    push.join()
    assert [(run.number, run.result) for run in runs] == [(number, "cancelled")]
    assert containers(road) == []
    assert road.environments() == before
    assert road.command("local", "wait", str(number)).returncode == 1

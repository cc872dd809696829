"""Two forges of one project on one machine: clones with the same name do not touch each other's containers."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from cicd import labels as names
from cicd.forge.state import Forge
from cicd.oci import engine
from tests.road.support.project import EXAMPLE, TINY, Project, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Project]]:
    first, second = (Project(tmp_path_factory.mktemp(name) / "tiny", TINY, quiet=True) for name in ("one", "two"))
    try:
        for project in (first, second):
            project.create()
            shutil.copytree(EXAMPLE / ".github", project.path / ".github")
            project.commit(f"the clone in {project.path}")
            assert project.up() == 0
        yield first, second
    finally:
        for project in (first, second):
            project.down()


def at_once(projects: tuple[Project, Project], action: Callable[[Project], list[Run]]) -> list[list[Run]]:
    """Run the action for all projects in parallel, and return its results."""
    runs: dict[int, list[Run]] = {}
    threads = [
        threading.Thread(target=lambda at, project: runs.update({at: action(project)}), args=(at, project))
        for at, project in enumerate(projects)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [runs[at] for at in range(len(projects))]


def to_production(project: Project) -> list[Run]:
    project.push("main")
    project.git("checkout", "--quiet", "-b", "develop")
    runs = project.push("develop")
    project.git("tag", "Production")
    return runs + project.push("Production")


def containers(projects: tuple[Project, Project]) -> set[str]:
    """Return the names of the containers of these projects' forges alone: other tests run beside this one."""
    list_containers = engine.connect().containers.list
    labels = [f"{names.INSTANCE}={Forge.of_project(project.path).instance}" for project in projects]
    listed = [list_containers(all=True, filters={"label": label}, ignore_removed=True) for label in labels]
    return {str(container.name) for running in listed for container in running}


def test_two_forges_of_one_project_are_separate(clones: tuple[Project, Project]) -> None:
    for project, runs in zip(clones, at_once(clones, to_production), strict=True):
        assert [run.result for run in runs] == ["success"] * 3, project.said
        environments = project.environments()
        assert {state["commit"] for state in environments.values()} == {project.git("rev-parse", "HEAD")}
        assert all(state["healthy"] and not state["problem"] for state in environments.values())
    first, second = clones
    mine, theirs = first.environments(), second.environments()
    assert {state["url"] for state in mine.values()}.isdisjoint(state["url"] for state in theirs.values())
    before = containers(clones)

    first.down()
    gone = before - containers(clones)
    assert len([name for name in gone if "registry" in name]) == 1
    assert len(gone) == 7, "a registry, and a release and a proxy for each of three environments"
    assert second.environments() == theirs
    second.git("commit", "--quiet", "--allow-empty", "--message", "another commit")
    assert [run.result for run in second.push("develop")] == ["success", "success"], second.said

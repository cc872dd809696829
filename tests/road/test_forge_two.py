"""Two forges of one project on one machine at once: two clones of the same name that never meet."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import pytest

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
    """What the action returns for each project, done in parallel."""
    found: dict[int, list[Run]] = {}
    threads = [
        threading.Thread(target=lambda at, project: found.update({at: action(project)}), args=(at, project))
        for at, project in enumerate(projects)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[at] for at in range(len(projects))]


def to_production(project: Project) -> list[Run]:
    project.push("main")
    project.git("checkout", "--quiet", "-b", "develop")
    runs = project.push("develop")
    project.git("tag", "Production")
    return runs + project.push("Production")


def containers() -> set[str]:
    listed = engine.connect().containers.list(all=True, filters={"label": "ml-cicd.project=tiny"}, ignore_removed=True)
    return {str(one.name) for one in listed}


def test_each_reaches_its_own_production_and_down_of_one_leaves_the_other(clones: tuple[Project, Project]) -> None:
    for project, runs in zip(clones, at_once(clones, to_production), strict=True):
        assert [run.result for run in runs] == ["success"] * 3, project.said
        environments = project.environments()
        assert {one["commit"] for one in environments.values()} == {project.git("rev-parse", "HEAD")}
        assert all(one["healthy"] and not one["problem"] for one in environments.values())
    first, second = clones
    mine, theirs = first.environments(), second.environments()
    assert {one["url"] for one in mine.values()}.isdisjoint(one["url"] for one in theirs.values())
    before = containers()

    first.down()
    gone = before - containers()
    assert len([name for name in gone if "registry" in name]) == 1
    assert len(gone) == 7, "a registry, and a release and a proxy for each of three environments"
    assert second.environments() == theirs
    second.git("commit", "--quiet", "--allow-empty", "--message", "on it goes")
    assert [run.result for run in second.push("develop")] == ["success", "success"], second.said

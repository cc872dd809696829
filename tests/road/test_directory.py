"""A project in a folder on the whole road, beside another project's `ml-cicd.toml` at the root."""

from __future__ import annotations

import getpass
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.road.support.project import EXAMPLE, TINY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "projects/a"
HERE = ("--directory", FOLDER, "--remote", "local")
CALL = re.compile(r"^    uses: org/ml-cicd/\.github/workflows/[\w-]+\.yml@v1\n(    with:\n)?", re.MULTILINE)
STAGES = ("integration", "staging", "production")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return two projects in one repository on a forge; its callers pass a folder, and only we promote to staging."""
    project = Project(tmp_path_factory.mktemp("monorepo") / "two", TINY, quiet=True)
    folder = project.path / FOLDER
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    project.git("init", "--quiet", "--initial-branch=main")
    project.write("ml-cicd.toml", 'name = "other"\n[environments.production]\npromoters = ["nobody"]\n')
    staging = "[environments.staging]\n"
    rules = f'{staging}promoters = ["{getpass.getuser()}"]\n'
    project.write(f"{FOLDER}/ml-cicd.toml", (folder / "ml-cicd.toml").read_text().replace(staging, rules))
    toml = project.path / FOLDER / "ml-cicd.toml"
    toml.write_text(toml.read_text().replace("health-timeout = 5\n", "health-timeout = 120\n"))
    shutil.copytree(EXAMPLE / ".github", project.path / ".github")
    for caller in (project.path / ".github" / "workflows").iterdir():
        text = CALL.sub(
            lambda match: match[0] + ("" if match[1] else "    with:\n") + f"      directory: {FOLDER}\n",
            caller.read_text(),
        )
        caller.write_text(text)
    project.commit("two projects")
    assert project.up() == 0
    try:
        yield project
    finally:
        project.down()


def results(project: Project, *push: str) -> list[tuple[str, str]]:
    return [(run.file, run.result) for run in project.push(*push)]


def entries(project: Project) -> dict[str, int]:
    return {name: len(project.json("history", name, *HERE)) for name in STAGES}


@pytest.mark.case("K7", "a project in a folder walks the whole road")
def test_folder_walks_the_whole_road(repository: Project) -> None:
    project = repository
    project.push("main")
    project.git("checkout", "--quiet", "-b", "feature")
    project.commit("a feature")
    assert results(project, "feature") == [("ci.yml", "success")], project.said
    project.git("checkout", "--quiet", "-b", "develop")
    both = [("integration.yml", "success"), ("staging.yml", "success")]
    assert results(project, "develop") == both, project.said
    promoted = project.command("promote", "production", "--yes", *HERE)
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    first = project.json("status", *HERE)["environments"]
    assert len({state["digest"] for state in first.values()}) == 1
    assert {state["commit"] for state in first.values()} == {project.git("rev-parse", "HEAD")}

    second = project.commit("the next release")
    assert results(project, "develop") == both, project.said
    project.git("tag", "--force", "Production")
    assert results(project, "--force", "Production") == [("production.yml", "success")], project.said
    assert project.json("status", *HERE)["environments"]["production"]["commit"] == second

    back = project.command("rollback", "production", "--reason", "it is slow", "--yes", *HERE)
    assert back.returncode == 0, back.stdout + back.stderr
    inputs = ("--input", "environment=production", "--input", f"commit={second}")
    assert project.command("local", "dispatch", "deploy.yml", *inputs).returncode == 0
    states = project.json("status", *HERE)["environments"]
    assert states["production"]["commit"] == second
    assert all(state["healthy"] and not state["problem"] for state in states.values())
    assert entries(project) == {"integration": 2, "staging": 2, "production": 4}
    assert [entry["deployment"]["project"] for entry in project.json("history", "production", *HERE)] == ["tiny"] * 4
    assert project.json("history", "production", "--remote", "local") == []  # the project at the root
    assert project.json("status", "--remote", "local")["environments"] == {}


@pytest.mark.case("K9", "promoters of staging and the automatic move")
def test_automatic_move_was_that_of_its_integration(repository: Project) -> None:
    newest = {name: repository.json("history", name, *HERE)[0]["deployment"]["actor"] for name in STAGES[:2]}
    assert newest == {"integration": getpass.getuser(), "staging": "github-actions[bot]"}


@pytest.mark.case("K14", "a Production run that was lost starts again by promote")
def test_lost_run_starts_again(repository: Project) -> None:
    project = repository
    commit = project.commit("a release whose run is lost")
    assert results(project, "develop")[-1] == ("staging.yml", "success"), project.said
    before = entries(project)["production"]
    project.git("tag", "--force", "Production")
    with project.without_registry():
        (run,) = project.push("--force", "Production")
        assert run.result == "failure", project.said
    assert entries(project)["production"] == before
    again = project.command("promote", "production", "--yes", *HERE)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "its run has not recorded anything yet" in again.stdout
    assert "Production stands on" in again.stdout
    assert project.runs()[-1].sha == commit
    assert project.json("status", *HERE)["environments"]["production"]["commit"] == commit
    assert entries(project)["production"] == before + 1


@pytest.mark.case("K14", "promote on a local remote ends as its run does")
def test_promote_ends_as_its_run_does(repository: Project) -> None:
    project = repository
    caller = (project.path / ".github" / "workflows" / "production.yml").read_text()
    project.write(".github/workflows/production.yml", caller.replace("commit: ${{ github.sha }}", "commit: no-such"))
    project.commit("a caller that names no commit")
    assert results(project, "develop")[-1] == ("staging.yml", "success"), project.said
    promoted = project.command("promote", "production", "--yes", *HERE)
    assert promoted.returncode == 1, promoted.stdout + promoted.stderr
    assert "its run has not recorded anything" in promoted.stderr
    assert "FAILED: production" in promoted.stderr
    assert "There is no commit 'no-such'" in promoted.stderr

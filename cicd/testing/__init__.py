"""A pytest plug-in with which a team tests its own workflows: `pytest_plugins = ["cicd.testing"]`.

Each test runs a workflow of its repository under `act`, against a frozen copy of the kit, without engine, registry
or network. The fixtures may be overridden: `kit_directory` and `repository_directory` say what is taken from where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cicd import freeze
from cicd.testing.kit import Kit
from cicd.testing.project import Event, Project
from cicd.testing.replies import passing
from cicd.testing.run import Call, Reply, Run, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Act", "Call", "Event", "Kit", "Project", "Reply", "Run", "run"]


@dataclass(frozen=True)
class Act:
    """Runs workflows of one repository."""

    kit: Kit
    project: Project
    folder: Path

    def push(self, ref: str) -> Event:
        """A push that makes `ref`, such as `refs/heads/feature/x`."""
        return self.project.push(ref)

    def dispatch(self, **inputs: str) -> Event:
        """A start by hand, or by another workflow."""
        return self.project.dispatch({name.replace("_", "-"): value for name, value in inputs.items()})

    def run(
        self,
        workflow: str,
        event: Event,
        *,
        replies: Mapping[str, Reply] | None = None,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        sound: bool = True,
    ) -> Run:
        """Run the workflow file with that name.

        Every command of `ml-cicd` answers that all went well, but for those in `replies`; `conclude` is the real one.
        `variables` are those of the repository, which workflows read as `vars`.

        Raises:
            UsageError: it uses something for which nothing local stands.
            AssertionError: a job silently did not run, or anything else makes the run worthless. Not with
                `sound=False`.

        """
        folder = self.folder / f"{workflow}-{len(list(self.folder.iterdir()))}"
        return run(
            self.kit, self.project, folder, self.project.workflow(workflow), event=event, secrets=secrets,
            variables=variables,
            replies={**passing(workflow.partition(".")[0]), **(replies or {})}, sound=sound,
        )  # fmt: skip


@pytest.fixture(scope="session")
def kit_directory() -> Path:
    """The kit: the clone that this package is a part of."""
    return freeze.kit_root()


@pytest.fixture(scope="session")
def repository_directory(pytestconfig: pytest.Config) -> Path:
    """The repository whose workflows are tested: pytest's root directory."""
    return pytestconfig.rootpath


@pytest.fixture(scope="session")
def frozen_kit(kit_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The kit, frozen, with its own command."""
    return Kit.frozen(kit_directory, tmp_path_factory.mktemp("frozen") / "kit")


@pytest.fixture(scope="session")
def scripted_kit(frozen_kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The same workflows and actions, with a stand-in for the command."""
    return frozen_kit.scripted(tmp_path_factory.mktemp("scripted") / "kit")


@pytest.fixture(scope="session")
def calling_project(repository_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the repository, the same commit every time."""
    return Project.of(repository_directory, tmp_path_factory.mktemp("project"))


@pytest.fixture
def act(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> Act:
    """Runs the repository's workflows."""
    return Act(scripted_kit, calling_project, tmp_path)

"""A pytest plug-in with which a team tests its own workflows: `pytest_plugins = ["cicd.testing"]`.

Each test runs a workflow of its repository under `act`, with a frozen copy of the kit, without engine, registry or
network. Override the fixtures `kit_directory` and `repository_directory` to take the kit or the repository from
another folder.

* `kit` freezes the kit, and can replace its command by a script; `replies` has the answers of successful commands;
* `project` makes the repository whose workflows run, and the events;
* `run` runs a workflow under `act`; `result` has its jobs, steps, annotations and calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cicd import freeze
from cicd.testing.kit import Kit
from cicd.testing.project import Event, Project
from cicd.testing.replies import Reply, passing
from cicd.testing.result import Call, Run
from cicd.testing.run import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Act", "Call", "Event", "Kit", "Project", "Reply", "Run", "run"]


@dataclass(frozen=True)
class Act:
    """Runs the workflows of one repository."""

    kit: Kit
    project: Project
    folder: Path

    def push(self, ref: str) -> Event:
        """Return the event of a push that creates `ref`, such as `refs/heads/feature/x`."""
        return self.project.push(ref)

    def pull_request(self, fork: str = "") -> Event:
        """Return the event of an opened pull request; `fork` is `owner/name` of the fork that it comes from."""
        return self.project.pull_request(fork=fork)

    def merge_group(self) -> Event:
        """Return the event of a merge queue that tests a commit."""
        return self.project.merge_group()

    def dispatch(self, **inputs: str) -> Event:
        """Return a `workflow_dispatch` event. An underscore in an input's name stands for a hyphen."""
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

        Every `ml-cicd` command succeeds, except those with another reply in `replies`; `conclude` is the real command.
        `variables` are those of the repository, which workflows read as `vars`.

        Raises:
            UsageError: the workflow uses something that can't run locally.
            AssertionError: the run proves nothing, for example since a job did not run and act said nothing; not
                raised with `sound=False`.

        """
        folder = self.folder / f"{workflow}-{len(list(self.folder.iterdir()))}"
        return run(
            self.kit, self.project, folder, self.project.workflow(workflow), event=event, secrets=secrets,
            variables=variables,
            replies={**passing(workflow.partition(".")[0]), **(replies or {})}, sound=sound,
        )  # fmt: skip


@pytest.fixture(scope="session")
def kit_directory() -> Path:
    """Return the folder of the kit: the clone that this package belongs to."""
    return freeze.kit_root()


@pytest.fixture(scope="session")
def repository_directory(pytestconfig: pytest.Config) -> Path:
    """Return the repository whose workflows are tested: pytest's root directory."""
    return pytestconfig.rootpath


@pytest.fixture(scope="session")
def frozen_kit(kit_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Return a frozen copy of the kit, with its real command."""
    return Kit.frozen(kit_directory, tmp_path_factory.mktemp("frozen") / "kit")


@pytest.fixture(scope="session")
def scripted_kit(frozen_kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Return the same workflows and actions, with a script in place of the command."""
    return frozen_kit.scripted(tmp_path_factory.mktemp("scripted") / "kit")


@pytest.fixture(scope="session")
def calling_project(repository_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a copy of the repository as one commit, which has the same id every time."""
    return Project.of(repository_directory, tmp_path_factory.mktemp("project"))


@pytest.fixture
def act(scripted_kit: Kit, calling_project: Project, tmp_path: Path) -> Act:
    """Return the object that runs the repository's workflows."""
    return Act(scripted_kit, calling_project, tmp_path)

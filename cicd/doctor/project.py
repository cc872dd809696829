"""What a project says about itself: its configuration, branches and callers. The checks and settings rest on it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import config, place, stages
from cicd.doctor import calling
from cicd.start import branching, callers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Config
    from cicd.doctor.calling import Call
    from cicd.start.callers import Branches
    from cicd.start.note import Note

GATE = "ci-passed"
"""The name of the job of `ci` that a branch's rules require."""
CODE_OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for code owners, first one first."""


@dataclass(frozen=True)
class Project:
    """A project in a clone."""

    config: Config
    branches: Branches
    calls: Sequence[Call] = ()
    """The calls of the kit for this project."""
    required: Sequence[str] = (f"{callers.FIRST} / {GATE}",)
    """The names of the checks that must pass before a merge: one for each project of the repository."""
    code_owners: str = ""
    """The path of the file that names the code owners; empty for none."""
    notes: Sequence[Note] = field(default_factory=tuple)
    """What is assumed about the branches, or open."""

    def call(self, name: str) -> Call | None:
        """Return the call of a workflow of the kit."""
        return next((call for call in self.calls if call.name == name), None)


def read(directory: Path, *, main: str = "", integration: str = "") -> Project:
    """Return the project in `directory`.

    A branch that is not named is the one whose pushes start the caller of integration, else what the clone shows.

    Raises:
        UsageError: its configuration or a workflow is not valid, or it is in no git repository.

    """
    loaded = config.load(directory)
    root = place.root(directory)
    inside = Path(os.path.relpath(directory.resolve(), root.resolve())).as_posix()
    folder = "" if inside == "." else inside
    calls = calling.read(root)
    mine = tuple(call for call in calls if call.directory == folder or call.name == callers.COMMENT)
    started = next((call.branches for call in mine if call.name == stages.INTEGRATION.name), ())
    named = started[0] if len(started) == 1 else ""
    branches, notes = branching.detect(directory, main=main, integration=integration or named)
    required = tuple(dict.fromkeys(f"{call.job} / {GATE}" for call in calls if call.name == callers.FIRST))
    owners = next((path for path in CODE_OWNERS if (root / path).is_file()), "")
    return Project(loaded, branches, mine, required or Project.required, owners, tuple(notes))

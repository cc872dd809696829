"""Leave out the workflows of a project that do not use the kit or can't run locally, and say so."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import freeze
from cicd.act import requirements
from cicd.errors import CicdError
from cicd.forge.events import history
from cicd.forge.state import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.forge.events.payloads import HostedRepository
    from cicd.forge.events.triggers import Note, PlannedRun
    from cicd.forge.state import Forge, State


def kept(
    forge: Forge, state: State, repository: HostedRepository, planned: Sequence[PlannedRun], note: Note
) -> list[PlannedRun]:
    """Return the planned runs that are not skipped locally; `note` gets a line with the reason for each skipped run.

    Runs of invalid files stay: on GitHub, too, each push starts such a run, which fails. A workflow that a person or a
    job starts by name is not passed to this function.
    """
    runs = []
    for run in planned:
        if reason := _reason(forge, state, repository, run):
            note(f"skipped locally: {run.workflow.name} ({run.workflow.file}) {reason}")
        else:
            runs.append(run)
    return runs


def _reason(forge: Forge, state: State, repository: HostedRepository, run: PlannedRun) -> str:
    """Return why a run is skipped; empty for a run that is not."""
    if run.workflow.problem:
        return ""
    read = partial(history.read, repository.path, run.commit)
    known = freeze.names(Path(state.source))
    if requirements.uses_kit(run.workflow.file, read, known):
        return ""
    if state.workflows != ALL:
        return f"does not use the kit. To run such workflows, too: ml-cicd local up --workflows {ALL}"
    try:
        requirements.needs(run.workflow.file, read, forge.kit, known, on_host=not state.runner)
    except CicdError as error:
        return f"can't run on this machine. {error.message}"
    return ""

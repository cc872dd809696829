"""What an explicit start of a workflow starts, be it asked for by a job over the API or by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.act import inputs, workflows
from cicd.act.filters import BRANCH, TAG
from cicd.errors import UsageError
from cicd.forge.events import history

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.act.workflows import Workflow
    from cicd.forge.events.payloads import Repository


@dataclass(frozen=True)
class Dispatch:
    """A workflow that is started explicitly, with all its inputs as text."""

    workflow: Workflow
    ref: str
    commit: str
    inputs: Mapping[str, str]


def dispatch(repository: Repository, file: str, name: str, given: Mapping[str, Any]) -> Dispatch:
    """What an explicit start of the workflow `file` on the branch or tag `name` starts.

    Raises:
        NotStartedError: nothing, and why.

    """
    ref = _full_ref(repository, name)
    commit = history.commit_of(repository.path, ref) if ref else None
    if not ref or not commit:
        raise inputs.NotStartedError(422, f"No ref found for: {name}", "Name a branch or a tag that has been pushed.")
    path = f"{workflows.FOLDER}/{file}"
    text = history.read(repository.path, commit, path)
    if text is None or history.read(repository.path, repository.default_ref, path) is None:
        raise inputs.NotStartedError(404, "Not Found", f"{path} must be on {repository.default_branch}, and on {name}.")
    try:
        workflow = workflows.parse(path, text)
    except UsageError as error:
        raise inputs.NotStartedError(422, f"Failed to parse workflow: {error.message}", error.hint) from error
    if workflow.dispatch is None:
        raise inputs.NotStartedError(
            422, "Workflow does not have 'workflow_dispatch' trigger", f"Add it under 'on' in {path}, and push that."
        )
    return Dispatch(workflow, ref, commit, inputs.values(workflow.dispatch, given))


def _full_ref(repository: Repository, name: str) -> str | None:
    candidates = [name] if name.startswith("refs/") else [BRANCH + name, TAG + name]
    return next((ref for ref in candidates if history.commit_of(repository.path, ref)), None)

"""Handle `workflow_dispatch`: check a request, from the REST API or from a person, before anything runs."""

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
    from cicd.forge.events.payloads import HostedRepository


@dataclass(frozen=True)
class Dispatch:
    """A request that was accepted: the workflow, the ref and commit to run on, and a value for every input."""

    workflow: Workflow
    ref: str
    commit: str
    inputs: Mapping[str, str]


def check(repository: HostedRepository, file: str, ref_name: str, values: Mapping[str, Any]) -> Dispatch:
    """Return the accepted request to run the workflow `file` on the branch or tag `ref_name` with the input `values`.

    Raises:
        NotStartedError: GitHub would refuse the request.

    """
    ref = _full_ref(repository, ref_name)
    commit = history.commit_of(repository.path, ref) if ref else None
    if not ref or not commit:
        raise inputs.NotStartedError(
            422, f"No ref found for: {ref_name}", "Name a branch or a tag that was pushed to the remote."
        )
    path = f"{workflows.FOLDER}/{file}"
    text = history.read(repository.path, commit, path)
    if text is None or history.read(repository.path, repository.default_ref, path) is None:
        branches = " and to ".join(dict.fromkeys((repository.default_branch, ref_name)))
        raise inputs.NotStartedError(404, "Not Found", f"There is no such workflow. Push {path} to {branches}.")
    try:
        workflow = workflows.parse(path, text)
    except UsageError as error:
        raise inputs.NotStartedError(422, f"Failed to parse workflow: {error.message}", error.hint) from error
    if workflow.dispatch is None:
        raise inputs.NotStartedError(
            422, "Workflow does not have 'workflow_dispatch' trigger", f"Add it under 'on' in {path}, and push that."
        )
    return Dispatch(workflow, ref, commit, inputs.complete(workflow.dispatch, values))


def _full_ref(repository: HostedRepository, name: str) -> str | None:
    candidates = [name] if name.startswith("refs/") else [BRANCH + name, TAG + name]
    return next((ref for ref in candidates if history.commit_of(repository.path, ref)), None)

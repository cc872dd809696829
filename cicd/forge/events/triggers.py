"""Decide which workflows run: those that a push, a `workflow_dispatch` request or a schedule triggers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import github
from cicd.act import workflows
from cicd.act.filters import BRANCH, TAG
from cicd.errors import CicdError, UsageError
from cicd.forge.events import history, payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cicd.forge.events.dispatch import Dispatch
    from cicd.forge.events.payloads import HostedRepository, RefUpdate

    Note = Callable[[str], None]
    """Shows the person who pushes one line, such as why a push triggers no workflow."""

MAX_TAGS = 3
"""A push of more tags triggers no workflow for its tags."""
MAX_COMMITS, MAX_FILES = 1000, 300
"""A push of more commits passes every path filter; of more changed files, path filters see only the first."""


@dataclass(frozen=True)
class PlannedRun:
    """A workflow to run, and the event that triggers it."""

    workflow: workflows.Workflow
    event: str
    ref: str
    commit: str
    payload: Mapping[str, Any]
    actor: str
    rerun_of: int = 0
    """The number of the recorded run that runs again; 0 for a first run."""
    started_by: str = ""
    """Who started the rerun; `actor` stays the person or job of the first run."""


def by_push(repository: HostedRepository, updates: Sequence[RefUpdate], actor: str, note: Note) -> list[PlannedRun]:
    """Return the runs that a push triggers. `note` explains why a ref triggers none."""
    updates = [update for update in updates if update.ref.startswith((BRANCH, TAG))]
    if sum(not update.is_branch for update in updates) > MAX_TAGS:
        note(f"a push of more than {MAX_TAGS} tags starts no workflow, as on GitHub; push the tags one by one")
        updates = [update for update in updates if update.is_branch]
    old_commits = _commits_before(repository, updates)
    planned: list[PlannedRun] = []
    for update in updates:
        if update.deleted:
            planned += _by_deletion(repository, update, actor, note)
        elif commit := history.commit_of(repository.path, update.after):
            planned += _by_update(repository, update, commit, actor, old_commits=old_commits, note=note)
    return planned


def by_dispatch(repository: HostedRepository, dispatch: Dispatch, actor: str) -> PlannedRun:
    """Return the run that an accepted `workflow_dispatch` request triggers."""
    payload = payloads.dispatch(repository, dispatch.workflow.file, dispatch.ref, dispatch.inputs, actor)
    return PlannedRun(dispatch.workflow, "workflow_dispatch", dispatch.ref, dispatch.commit, payload, actor)


def workflow_at(repository: HostedRepository, commit: str, file: str) -> workflows.Workflow | None:
    """Return a workflow of a commit, also an invalid one; None if the remote no longer has the commit or the file."""
    there = _files(repository, commit) if history.commit_of(repository.path, commit) else ()
    return next((workflow for workflow in there if workflow.file == file), None)


def by_schedule(repository: HostedRepository, file: str, actor: str, note: Note) -> list[PlannedRun]:
    """Return a run for each schedule on the default branch: of the workflow `file`, or of all when it is empty.

    Raises:
        UsageError: there is no schedule to run.

    """
    commit = history.commit_of(repository.path, repository.default_ref)
    scheduled = [flow for flow in _workflows(repository, commit, note) if flow.schedules] if commit else []
    chosen = [workflow for workflow in scheduled if file in ("", workflow.file)]
    if not commit or not chosen:
        files = ", ".join(workflow.file for workflow in scheduled) or "none"
        raise UsageError(
            f"There is no schedule to fire{f' in {file}' if file else ''}.",
            f"Schedules count only on branch {repository.default_branch}. Workflows with a schedule there: {files}.",
        )
    return [
        PlannedRun(
            workflow, "schedule", repository.default_ref, commit,
            payloads.schedule(repository, workflow.file, cron), actor,
        )
        for workflow in chosen
        for cron in workflow.schedules
    ]  # fmt: skip


def _commits_before(repository: HostedRepository, updates: Sequence[RefUpdate]) -> list[str]:
    """Return the commits of all refs before the push."""
    untouched = history.commits_of_refs(repository.path, without={update.ref for update in updates})
    before = [history.commit_of(repository.path, update.before) for update in updates if not update.created]
    return [*untouched, *(commit for commit in before if commit)]


def _by_deletion(repository: HostedRepository, update: RefUpdate, actor: str, note: Note) -> Iterator[PlannedRun]:
    commit = history.commit_of(repository.path, repository.default_ref)
    payload = payloads.ref_changed(repository, update, actor)
    for workflow in _workflows(repository, commit, note) if commit else ():
        if workflow.delete and commit:
            yield PlannedRun(workflow, "delete", repository.default_ref, commit, payload, actor)


def _by_update(
    repository: HostedRepository, update: RefUpdate, commit: str, actor: str, *, old_commits: list[str], note: Note
) -> Iterator[PlannedRun]:
    def changed() -> list[str] | None:
        before = update.before
        if update.created:
            before = history.before_of(repository.path, commit, old_commits, repository.default_branch)
        if history.count(repository.path, before, commit) > MAX_COMMITS:
            return None
        return history.changed(repository.path, before, commit)[:MAX_FILES]

    candidates = list(_files(repository, commit))
    payload = payloads.push(repository, update, commit, actor, old_commits)
    # As on GitHub, every push starts a run of an invalid file, which fails.
    pushes = [
        workflow
        for workflow in candidates
        if workflow.problem or (workflow.push and workflow.push.accepts(update.ref, changed))
    ]
    creates = [workflow for workflow in candidates if workflow.create and update.created]
    name = f"{'branch' if update.is_branch else 'tag'} {update.name}"
    if pushes and (mark := github.skip_mark(payload["head_commit"]["message"])):
        note(f"the push of {name} starts no workflow, as on GitHub: the commit's message holds '{mark}'")
    elif pushes:
        yield from (PlannedRun(workflow, "push", update.ref, commit, payload, actor) for workflow in pushes)
    elif not creates:
        note(f"no workflow starts on a push of {name}")
    for workflow in creates:
        created = payloads.ref_changed(repository, update, actor)
        yield PlannedRun(workflow, "create", update.ref, commit, created, actor)


def _workflows(repository: HostedRepository, commit: str, note: Note) -> Iterator[workflows.Workflow]:
    """Yield the valid workflows of a commit; `note` explains the others."""
    for workflow in _files(repository, commit):
        if workflow.problem:
            note(workflow.problem)
        else:
            yield workflow


def _files(repository: HostedRepository, commit: str) -> Iterator[workflows.Workflow]:
    """Yield the workflows of a commit, also the invalid ones."""
    for path, text in history.folder(repository.path, commit, workflows.FOLDER).items():
        if path.endswith((".yml", ".yaml")):
            try:
                yield workflows.parse(path, text)
            except CicdError as error:
                problem = f"error: {error.message}. {error.hint}"
                yield workflows.Workflow(path.rpartition("/")[2], path, problem=problem)

"""Which workflows a push starts, and which the clock or a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.act import workflows
from cicd.act.filters import BRANCH, TAG
from cicd.errors import CicdError, UsageError
from cicd.forge.events import history, payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cicd.forge.events.dispatch import Dispatch
    from cicd.forge.events.payloads import Repository, Update

    Say = Callable[[str], None]

MAX_TAGS = 3
"""More tags than this in one push start nothing."""
MAX_COMMITS, MAX_FILES = 1000, 300
"""A push of more commits passes every path filter; of a larger difference, only that many files are looked at."""
SKIP = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
_TRAILER = re.compile(r"skip-checks: ?true")


@dataclass(frozen=True)
class Start:
    """A workflow that is to run, and why."""

    workflow: workflows.Workflow
    event: str
    ref: str
    commit: str
    payload: Mapping[str, Any]
    actor: str


def pushed(repository: Repository, updates: Sequence[Update], actor: str, say: Say) -> list[Start]:
    """What a push starts, with a word to the person about what it does not start."""
    updates = [update for update in updates if update.ref.startswith((BRANCH, TAG))]
    if sum(not update.is_branch for update in updates) > MAX_TAGS:
        say(f"more than {MAX_TAGS} tags in one push start nothing, here as on GitHub; push them one by one")
        updates = [update for update in updates if update.is_branch]
    known = _known(repository, updates)
    found: list[Start] = []
    for update in updates:
        if update.deleted:
            found += _deleted(repository, update, actor, say)
        elif commit := history.commit_of(repository.path, update.after):
            found += _moved(repository, update, commit, actor, known=known, say=say)
    return found


def dispatched(repository: Repository, asked: Dispatch, actor: str) -> Start:
    """An explicit start."""
    payload = payloads.dispatch(repository, asked.workflow.file, asked.ref, asked.inputs, actor)
    return Start(asked.workflow, "workflow_dispatch", asked.ref, asked.commit, payload, actor)


def scheduled(repository: Repository, file: str, actor: str, say: Say) -> list[Start]:
    """Every schedule of the default branch's workflows, or of the one in `file`, as if its time had come.

    Raises:
        UsageError: there is none.

    """
    commit = history.commit_of(repository.path, repository.default_ref)
    with_schedules = [one for one in _workflows(repository, commit, say) if one.schedules] if commit else []
    chosen = [one for one in with_schedules if file in ("", one.file)]
    if not commit or not chosen:
        there = ", ".join(one.file for one in with_schedules) or "none"
        raise UsageError(
            f"There is no schedule to fire{f' in {file}' if file else ''}.",
            f"Schedules count on {repository.default_branch}, as on GitHub; workflows with one there: {there}.",
        )
    return [
        Start(one, "schedule", repository.default_ref, commit, payloads.schedule(repository, one.file, cron), actor)
        for one in chosen
        for cron in one.schedules
    ]


def skips(message: str) -> bool:
    """Whether a commit's message asks that its push, or its pull request, start nothing."""
    if any(mark in message for mark in SKIP):
        return True
    body, _, trailers = message.rstrip().rpartition("\n\n")
    return bool(body) and _TRAILER.fullmatch(trailers.rpartition("\n")[2]) is not None


def _known(repository: Repository, updates: Sequence[Update]) -> list[str]:
    """The commits that the repository had before the push."""
    rest = history.commits_of_refs(repository.path, without={update.ref for update in updates})
    before = [history.commit_of(repository.path, update.before) for update in updates if not update.created]
    return [*rest, *(commit for commit in before if commit)]


def _deleted(repository: Repository, update: Update, actor: str, say: Say) -> Iterator[Start]:
    commit = history.commit_of(repository.path, repository.default_ref)
    payload = payloads.ref_changed(repository, update, actor)
    for workflow in _workflows(repository, commit, say) if commit else ():
        if workflow.delete and commit:
            yield Start(workflow, "delete", repository.default_ref, commit, payload, actor)


def _moved(
    repository: Repository, update: Update, commit: str, actor: str, *, known: list[str], say: Say
) -> Iterator[Start]:
    def changed() -> list[str] | None:
        before = update.before
        if update.created:
            before = history.before_of(repository.path, commit, known, repository.default_branch)
        if history.count(repository.path, before, commit) > MAX_COMMITS:
            return None
        return history.changed(repository.path, before, commit)[:MAX_FILES]

    found = list(_workflows(repository, commit, say))
    payload = payloads.push(repository, update, commit, actor, known)
    pushes = [workflow for workflow in found if workflow.push and workflow.push.accepts(update.ref, changed)]
    creates = [workflow for workflow in found if workflow.create and update.created]
    kind = "branch" if update.is_branch else "tag"
    if pushes and skips(payload["head_commit"]["message"]):
        say(f"the message of the commit asks to skip: the push of the {kind} {update.name} starts nothing")
    elif pushes:
        yield from (Start(workflow, "push", update.ref, commit, payload, actor) for workflow in pushes)
    elif not creates:
        say(f"no workflow starts on a push of the {kind} {update.name}")
    for workflow in creates:
        created = payloads.ref_changed(repository, update, actor)
        yield Start(workflow, "create", update.ref, commit, created, actor)


def _workflows(repository: Repository, commit: str, say: Say) -> Iterator[workflows.Workflow]:
    """The workflows as of a commit; a broken file is named."""
    for path, text in history.folder(repository.path, commit, workflows.FOLDER).items():
        if path.endswith((".yml", ".yaml")):
            try:
                yield workflows.parse(path, text)
            except CicdError as error:
                say(f"error: {error.message}. {error.hint}")

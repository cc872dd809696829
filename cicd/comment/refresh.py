"""Bring the comment of a pull request up to date with what the runs of its newest commit say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from cicd import stages
from cicd.comment import data, document, pulls
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Sections = Callable[[data.Said, pulls.Head, pulls.Run], Mapping[str, str]]
    """Returns the text of each section that a run fills, by its key."""

State = Literal["created", "updated", "unchanged", "left"]


@dataclass(frozen=True)
class Refreshed:
    """What became of the comment of a commit's pull request."""

    state: State
    """`left` if there is nothing to write, or no pull request to write it to."""
    pull_request: int | None = None
    reason: str = ""
    """Why it was left; empty if it was not."""
    left_out: tuple[str, ...] = ()
    """Why artifacts of runs were left out, a sentence each."""


def refresh(repository: str, event: Mapping[str, Any], sections_of: Sections, order: Sequence[str]) -> Refreshed:
    """Write what the runs of an event's commit say into the comment of its pull request, if anything changed.

    Args:
        repository: `owner/name` of the pull request's repository.
        event: the event of this run, `workflow_run` or `pull_request`.
        sections_of: makes the sections.
        order: the sections from the top down.

    Raises:
        UsageError: it is another event.
        RefusedError: the job's token may not do that.
        UnreachableError: GitHub does not answer.

    """
    head = pulls.head_of(event)
    if head is None:
        return Refreshed("left", reason="the branch or its repository was deleted")
    pull = pulls.find(repository, head)
    if pull is None:
        return Refreshed("left", reason=f"not exactly one pull request has the commit {head.sha[:12]}")
    sections, left_out = _sections(repository, replace(head, branch=pull.branch), sections_of)
    if not sections:
        return Refreshed("left", pull.number, "no run of the commit has ended with a report", left_out)
    state = _write(repository, pull.number, sections, order)
    return Refreshed(state, pull.number, left_out=left_out)


def _sections(repository: str, head: pulls.Head, sections_of: Sections) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the sections of all runs, and why artifacts were left out. A later stage has the last word."""
    reports: list[tuple[data.Said, pulls.Run]] = []
    left_out: list[str] = []
    for run in pulls.runs(repository, head):
        for artifact in pulls.artifacts(repository, run):
            try:
                said = _said(repository, head, artifact)
            except RefusedError as error:
                left_out.append(f"run {run.title}: {error.message}")
                continue
            if said.speaks_of(head.sha, of_branch=run.branch == head.branch):
                reports.append((said, run))
    sections: dict[str, str] = {}
    for said, run in sorted(reports, key=lambda report: data.NAMES.index(report[0].stage)):
        sections.update(sections_of(said, head, run))
    return sections, tuple(left_out)


def _said(repository: str, head: pulls.Head, artifact: int) -> data.Said:
    """Return what a run says in an artifact.

    Raises:
        RefusedError: it is no such artifact, or a run of a fork says in it what no run of a fork can know.

    """
    said = data.parse(pulls.content(repository, artifact))
    if head.repository.lower() != repository.lower() and (said.stage != stages.BRANCHES or said.model):
        what = "what a training showed" if said.model else f"how {said.stage} ended"
        raise RefusedError(
            f"A run of the fork {head.repository} says {what}, and no fork has that.",
            "The comment leaves that run out. Look at what the pull request changes in .github/workflows.",
        )
    return said


def _write(repository: str, pull: int, sections: Mapping[str, str], order: Sequence[str]) -> State:
    comments = pulls.comments(repository, pull)
    if not comments:
        if not (text := document.refreshed("", sections, order)):
            return "unchanged"
        number = pulls.create(repository, pull, text)
        # Another run may have written one at the same moment: the older one stays.
        comments = pulls.comments(repository, pull)
        if not comments or comments[0].number == number:
            return "created"
    first, *others = comments
    for other in others:
        pulls.delete(repository, other.number)
    if text := document.refreshed(first.text, sections, order):
        pulls.update(repository, first.number, text)
        return "updated"
    return "unchanged"

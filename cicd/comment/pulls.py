"""GitHub's API as the comment needs it: the pull request of a commit, its runs, their artifacts, its comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cicd import github, github_answers
from cicd.comment import archive, document
from cicd.comment.data import ARTIFACT
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

BOT = "github-actions[bot]"
"""Who writes comments with the token of a job."""
PAGE = 100
"""How many things GitHub lists at most at once."""
_MOST_RUNS = 30
_MOST_ARTIFACTS = 20
_MOST_PAGES = 50
_MOST_CLOSED = 5
"""How many pages of closed pull requests are searched, from the one that changed last."""
_FORMAT = "zip"
_SHA = re.compile(r"[0-9a-f]{40}")
_ARTIFACT = re.compile(rf"{ARTIFACT}(-[0-9a-f]{{16}})?")


@dataclass(frozen=True)
class Head:
    """The commit that an event is about, and the branch that holds it."""

    repository: str
    """`owner/name` of the branch's repository, which may be a fork."""
    branch: str
    sha: str


@dataclass(frozen=True)
class Run:
    """A run of a workflow."""

    number: int
    """The id that its address ends with."""
    title: str
    """The number that people see."""
    branch: str
    """The branch or tag that it ran on."""


@dataclass(frozen=True)
class Pull:
    """A pull request with a commit."""

    number: int
    branch: str
    """The branch whose runs speak of the commit: that of an open one, or the one that a merged one was merged into."""


@dataclass(frozen=True)
class Comment:
    """A comment of a pull request."""

    number: int
    text: str


def head_of(event: Mapping[str, Any]) -> Head | None:
    """Return the commit of an event; None if its repository was deleted.

    Raises:
        UsageError: the event is neither `workflow_run` nor `pull_request`.

    """
    try:
        if "workflow_run" in event:
            run = event["workflow_run"]
            repository, branch, sha = run["head_repository"], run["head_branch"], run["head_sha"]
        else:
            head = event["pull_request"]["head"]
            repository, branch, sha = head["repo"], head["ref"], head["sha"]
        if not repository or not branch:
            return None
        head = Head(str(repository["full_name"]), str(branch), str(sha))
    except (KeyError, TypeError) as error:
        raise UsageError(
            "The event of this run names no commit of a pull request.",
            "Start the workflow `comment` on `workflow_run` and `pull_request` alone.",
        ) from error
    return head if _SHA.fullmatch(head.sha) else None


def find(repository: str, head: Head) -> Pull | None:
    """Return the only pull request with this commit; None if there is none, or more than one.

    That is an open one from this branch whose newest commit it is, or a merged one that brought it. A run of a stage
    has a tag, or main, in place of the branch that the merged one was merged into.
    """
    owner = head.repository.partition("/")[0]
    with github_answers.as_described():
        branch = quote(f"{owner}:{head.branch}", safe="")
        opened = github.api("GET", f"/repos/{repository}/pulls?state=open&head={branch}&per_page={PAGE}")
        pulls = {
            Pull(int(pull["number"]), head.branch)
            for pull in opened
            if pull["head"]["sha"] == head.sha and (pull["head"]["repo"] or {}).get("full_name") == head.repository
        }
        if head.repository.lower() == repository.lower():
            pulls |= _merged(repository, head.sha)
    return pulls.pop() if len(pulls) == 1 else None


def _merged(repository: str, sha: str) -> set[Pull]:
    """Return the merged pull requests that brought a commit."""
    for page in range(1, _MOST_CLOSED + 1):
        closed = github.api(
            "GET",
            f"/repos/{repository}/pulls?state=closed&sort=updated&direction=desc&per_page={PAGE}&page={page}",
        )
        merged = {
            Pull(int(pull["number"]), str(pull["base"]["ref"]))
            for pull in closed
            if pull["merged_at"] and pull["merge_commit_sha"] == sha
        }
        if merged or len(closed) < PAGE:
            return merged
    return set()


def runs(repository: str, head: Head) -> list[Run]:
    """Return the newest ended run of each workflow, event and branch or tag for a commit, oldest first.

    `head` has the repository and the commit; its branch does not count.
    """
    with github_answers.as_described():
        answer = github.api(
            "GET", f"/repos/{repository}/actions/runs?head_sha={head.sha}&status=completed&per_page={PAGE}"
        )
        newest: dict[tuple[int, str, str], Run] = {}
        for run in sorted(answer["workflow_runs"], key=lambda run: int(run["id"])):
            if run["head_sha"] == head.sha and (run["head_repository"] or {}).get("full_name") == head.repository:
                start = int(run["workflow_id"]), str(run["event"]), str(run["head_branch"])
                newest.pop(start, None)
                newest[start] = Run(int(run["id"]), str(int(run["run_number"])), start[-1])
        return list(newest.values())[-_MOST_RUNS:]


def artifacts(repository: str, run: Run) -> list[int]:
    """Return the numbers of the artifacts that a run left for the comment: one for each project."""
    with github_answers.as_described():
        answer = github.api("GET", f"/repos/{repository}/actions/runs/{run.number}/artifacts?per_page={PAGE}")
        newest: dict[str, int] = {}
        for artifact in sorted(answer["artifacts"], key=lambda artifact: int(artifact["id"])):
            if _ARTIFACT.fullmatch(str(artifact["name"])) and not artifact["expired"]:
                newest[artifact["name"]] = int(artifact["id"])
    return list(newest.values())[:_MOST_ARTIFACTS]


def content(repository: str, artifact: int) -> bytes:
    """Return the content of the file in an artifact.

    Raises:
        RefusedError: the artifact is not what a run leaves for the comment, or was deleted meanwhile.

    """
    packed = github.download(f"/repos/{repository}/actions/artifacts/{artifact}/{_FORMAT}", archive.MOST_PACKED + 1)
    return archive.content(packed)


def comments(repository: str, pull: int) -> list[Comment]:
    """Return the kit's comments of a pull request, oldest first."""
    ours: list[Comment] = []
    with github_answers.as_described():
        for page in range(1, _MOST_PAGES + 1):
            listed = github.api("GET", f"/repos/{repository}/issues/{pull}/comments?per_page={PAGE}&page={page}")
            ours += [
                Comment(int(comment["id"]), str(comment["body"] or ""))
                for comment in listed
                if (comment["user"] or {}).get("login") == BOT and document.is_ours(str(comment["body"] or ""))
            ]
            if len(listed) < PAGE:
                break
    return sorted(ours, key=lambda comment: comment.number)


def create(repository: str, pull: int, text: str) -> int:
    """Write a new comment; return its number."""
    with github_answers.as_described():
        return int(github.api("POST", f"/repos/{repository}/issues/{pull}/comments", {"body": text})["id"])


def update(repository: str, number: int, text: str) -> None:
    """Replace the text of a comment."""
    github.api("PATCH", f"/repos/{repository}/issues/comments/{number}", {"body": text})


def delete(repository: str, number: int) -> None:
    """Delete a comment."""
    github.api("DELETE", f"/repos/{repository}/issues/comments/{number}")

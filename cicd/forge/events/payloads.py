"""The event payloads that GitHub passes to workflow runs.

A forge sends those of push, workflow_dispatch, create, delete and schedule; tests of workflows also those of
pull_request and merge_group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import git
from cicd.act.filters import BRANCH
from cicd.forge.events import history

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_COMMITS = 2048
"""GitHub lists no more commits than this in the payload of a push."""
QUEUE = "gh-readonly-queue/"
"""The branches that a merge queue pushes begin with this."""


@dataclass(frozen=True)
class HostedRepository:
    """A bare repository that a forge serves, as payloads describe it.

    `path` is its folder, `server` the URL before `owner/name`, `full_name` is `owner/name`.
    """

    path: Path
    server: str
    full_name: str
    default_branch: str = "main"

    @property
    def url(self) -> str:
        """The URL of the repository."""
        return f"{self.server}/{self.full_name}"

    @property
    def default_ref(self) -> str:
        """The full ref of the default branch."""
        return BRANCH + self.default_branch

    def payload(self) -> dict[str, Any]:
        """Return the part `repository` of every payload."""
        owner, _, name = self.full_name.partition("/")
        return {
            "name": name,
            "full_name": self.full_name,
            "private": True,
            "owner": {"login": owner, "name": owner, "type": "Organization"},
            "html_url": self.url,
            "url": self.url,
            "clone_url": self.url,
            "default_branch": self.default_branch,
            "master_branch": self.default_branch,
            "visibility": "private",
        }


@dataclass(frozen=True)
class RefUpdate:
    """One ref that a push changed, as git reports it to the hook: the object ids before and after."""

    before: str
    after: str
    ref: str

    @property
    def created(self) -> bool:
        """Whether the push created the ref."""
        return self.before == history.NO_OBJECT

    @property
    def deleted(self) -> bool:
        """Whether the push deleted the ref."""
        return self.after == history.NO_OBJECT

    @property
    def name(self) -> str:
        """The name of the branch or tag, without `refs/heads/` or `refs/tags/`."""
        return self.ref.split("/", 2)[-1]

    @property
    def is_branch(self) -> bool:
        """Whether the ref is a branch."""
        return self.ref.startswith(BRANCH)


def sender(actor: str) -> dict[str, Any]:
    """Return the part `sender` of every payload."""
    return {"login": actor, "type": "Bot" if actor.endswith("[bot]") else "User"}


def push(
    repository: HostedRepository, update: RefUpdate, commit: str, actor: str, old_commits: list[str]
) -> dict[str, Any]:
    """Return the payload of a push.

    `commit` is the commit that `update.after` names: for an annotated tag, `after` is the tag object.
    `old_commits` lists the commits of all refs before the push.
    """
    head = _commits(repository, "--max-count=1", commit)[0]
    commits: list[dict[str, Any]] = []
    if update.is_branch:
        new = {line["id"] for line in _commits(repository, commit, "--not", *old_commits)}
        since = old_commits if update.created else [update.before]
        commits = [
            {**line, "distinct": line["id"] in new}
            for line in _commits(repository, f"--max-count={MAX_COMMITS}", "--reverse", commit, "--not", *since)
        ]
    base_refs = [ref for ref in history.branches_at(repository.path, commit) if ref != update.ref]
    span = update.name if update.created else f"{update.before[:12]}...{update.after[:12]}"
    return {
        "ref": update.ref,
        "before": update.before,
        "after": update.after,
        "created": update.created,
        "deleted": update.deleted,
        "forced": not update.created and not history.contains(repository.path, commit, update.before),
        "base_ref": base_refs[0] if update.created and base_refs else None,
        "compare": f"{repository.url}/compare/{span}",
        "commits": commits,
        "head_commit": head,
        "repository": repository.payload(),
        "pusher": {"name": actor, "email": f"{actor}@users.noreply.github.com"},
        "sender": sender(actor),
    }


def dispatch(
    repository: HostedRepository, file: str, ref: str, inputs: Mapping[str, str], actor: str
) -> dict[str, Any]:
    """Return the payload of `workflow_dispatch`. All inputs are strings, as on GitHub."""
    return {
        "inputs": dict(inputs) or None,
        "ref": ref,
        "workflow": f".github/workflows/{file}",
        "repository": repository.payload(),
        "sender": sender(actor),
    }


def pull_request(repository: HostedRepository, commit: str, base: str, actor: str, *, fork: str = "") -> dict[str, Any]:
    """Return the payload of `pull_request`, opened to merge `commit` into the branch `base`.

    `fork` is `owner/name` of the repository that the branch is in; empty: this one.
    """
    source = {**repository.payload(), "full_name": fork, "fork": True} if fork else repository.payload()
    user = sender(actor)
    return {
        "action": "opened",
        "number": 1,
        "pull_request": {
            "number": 1,
            "state": "open",
            "title": "A change",
            "user": user,
            "head": {"ref": "change", "sha": commit, "repo": source},
            "base": {"ref": base, "repo": repository.payload()},
        },
        "repository": repository.payload(),
        "sender": user,
    }


def merge_group(repository: HostedRepository, commit: str, base: str, actor: str) -> dict[str, Any]:
    """Return the payload of `merge_group`: the queue tests `commit` before it merges it into the branch `base`."""
    return {
        "action": "checks_requested",
        "merge_group": {
            "head_sha": commit,
            "head_ref": f"{BRANCH}{QUEUE}{base}/pr-1-{commit}",
            "base_ref": BRANCH + base,
        },
        "repository": repository.payload(),
        "sender": sender(actor),
    }


def ref_changed(repository: HostedRepository, update: RefUpdate, actor: str) -> dict[str, Any]:
    """Return the payload of `create` or `delete`: the push created or deleted a branch or a tag."""
    return {
        "ref": update.name,
        "ref_type": "branch" if update.is_branch else "tag",
        **({"master_branch": repository.default_branch, "description": None} if update.created else {}),
        "pusher_type": "user",
        "repository": repository.payload(),
        "sender": sender(actor),
    }


def schedule(repository: HostedRepository, file: str, cron: str) -> dict[str, Any]:
    """Return the payload of `schedule` for one cron expression of a workflow file."""
    return {"schedule": cron, "workflow": f".github/workflows/{file}", "repository": repository.payload()}


def _commits(repository: HostedRepository, *selection: str) -> list[dict[str, Any]]:
    """Return the payload of each commit that `git log` lists for `selection`."""
    form = "%x00".join(("%H", "%T", "%cI", "%an", "%ae", "%cn", "%ce", "%B"))
    fields = git.text(repository.path, "log", "-z", f"--format=tformat:{form}", *selection, "--").split("\0")
    return [
        {
            "id": identity,
            "tree_id": tree,
            "distinct": True,
            "message": message.rstrip("\n"),
            "timestamp": time,
            "url": f"{repository.url}/commit/{identity}",
            "author": {"name": author, "email": author_email},
            "committer": {"name": committer, "email": committer_email},
        }
        for identity, tree, time, author, author_email, committer, committer_email, message in zip(
            *[iter(fields)] * 8, strict=False
        )
    ]

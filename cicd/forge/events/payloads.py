"""The payload that GitHub gives a workflow's run, for a push and for an explicit start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.act.filters import BRANCH
from cicd.forge.events import history

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LIMIT = 2048


@dataclass(frozen=True)
class Repository:
    """The repository as the payloads describe it. `server` is the address before `owner/name`."""

    path: Path
    server: str
    full_name: str
    default_branch: str = "main"

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.server}/{self.full_name}"

    @property
    def default_ref(self) -> str:
        """The ref of the default branch."""
        return BRANCH + self.default_branch

    def payload(self) -> dict[str, Any]:
        """The part `repository` of every payload."""
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
class Update:
    """One ref that a push moved: object names before and after, all zeros for absent."""

    before: str
    after: str
    ref: str

    @property
    def created(self) -> bool:
        """Whether the ref is new."""
        return self.before == history.NOTHING

    @property
    def deleted(self) -> bool:
        """Whether the ref is gone."""
        return self.after == history.NOTHING

    @property
    def name(self) -> str:
        """The branch or tag, without `refs/heads/` or `refs/tags/`."""
        return self.ref.split("/", 2)[-1]

    @property
    def is_branch(self) -> bool:
        """Whether it is a branch."""
        return self.ref.startswith(BRANCH)


def sender(actor: str) -> dict[str, Any]:
    """The part `sender` of every payload."""
    return {"login": actor, "type": "Bot" if actor.endswith("[bot]") else "User"}


def push(repository: Repository, update: Update, commit: str, actor: str, known: list[str]) -> dict[str, Any]:
    """The payload of a push that moved `update.ref` to `commit` (to which an annotated tag, in `after`, peels).

    `known` names the commits that the repository had before.
    """
    head = _commits(repository, "--max-count=1", commit)[0]
    commits: list[dict[str, Any]] = []
    if update.is_branch:
        new = {line["id"] for line in _commits(repository, commit, "--not", *known)}
        since = known if update.created else [update.before]
        commits = [
            {**line, "distinct": line["id"] in new}
            for line in _commits(repository, f"--max-count={LIMIT}", "--reverse", commit, "--not", *since)
        ]
    base = history.git(repository.path, "for-each-ref", "--format=%(refname)", f"--points-at={commit}", "refs/heads")
    elsewhere = [ref for ref in base.split() if ref != update.ref]
    span = update.name if update.created else f"{update.before[:12]}...{update.after[:12]}"
    return {
        "ref": update.ref,
        "before": update.before,
        "after": update.after,
        "created": update.created,
        "deleted": update.deleted,
        "forced": not update.created and not _contains(repository.path, commit, update.before),
        "base_ref": elsewhere[0] if update.created and elsewhere else None,
        "compare": f"{repository.url}/compare/{span}",
        "commits": commits,
        "head_commit": head,
        "repository": repository.payload(),
        "pusher": {"name": actor, "email": f"{actor}@users.noreply.github.com"},
        "sender": sender(actor),
    }


def dispatch(repository: Repository, file: str, ref: str, inputs: Mapping[str, str], actor: str) -> dict[str, Any]:
    """The payload of a workflow that is started explicitly (every input is text there, as on GitHub)."""
    return {
        "inputs": dict(inputs) or None,
        "ref": ref,
        "workflow": f".github/workflows/{file}",
        "repository": repository.payload(),
        "sender": sender(actor),
    }


def ref_changed(repository: Repository, update: Update, actor: str) -> dict[str, Any]:
    """The payload of the events `create` and `delete`: a branch or tag is new, or gone."""
    return {
        "ref": update.name,
        "ref_type": "branch" if update.is_branch else "tag",
        **({"master_branch": repository.default_branch, "description": None} if update.created else {}),
        "pusher_type": "user",
        "repository": repository.payload(),
        "sender": sender(actor),
    }


def schedule(repository: Repository, file: str, cron: str) -> dict[str, Any]:
    """The payload of a workflow whose time has come."""
    return {"schedule": cron, "workflow": f".github/workflows/{file}", "repository": repository.payload()}


def _contains(path: Path, commit: str, ancestor: str) -> bool:
    return history.try_git(path, "merge-base", "--is-ancestor", ancestor, commit) is not None


def _commits(repository: Repository, *selection: str) -> list[dict[str, Any]]:
    form = "%x00".join(("%H", "%T", "%cI", "%an", "%ae", "%cn", "%ce", "%B"))
    fields = history.git(repository.path, "log", "-z", f"--format=tformat:{form}", *selection, "--").split("\0")
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

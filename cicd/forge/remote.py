"""The bare git remote of a forge: its name, its configuration, and its hook, which runs workflows."""

from __future__ import annotations

import re
import shlex
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cicd
from cicd import files, git, variables
from cicd.act.filters import BRANCH
from cicd.errors import UsageError
from cicd.forge.events import history
from cicd.forge.events.payloads import HostedRepository
from cicd.repository import MAIN

if TYPE_CHECKING:
    from cicd.forge.state import Forge, State

NAME = "local"
"""The name of the remote in the project's clone."""
_ORIGIN = "refs/remotes/origin/"
_ADDRESS = re.compile(r"(?:https?://|ssh://(?:[^@/]+@)?|[^@/:]+@)[^/:]+(?::\d+)?[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?")


def repository_name(project: Path) -> str:
    """Return `owner/name` from the URL of the remote `origin`; without one, `local/` and the name of the folder."""
    if address := _ADDRESS.fullmatch(_url(project, "origin")):
        return f"{address[1]}/{address[2]}"
    return "local/" + (re.sub(r"[^\w.-]+", "-", project.resolve().name, flags=re.ASCII).strip("-.") or "project")


def default_branch(project: Path) -> str:
    """Return the branch that a new remote gets as its default branch.

    It is the default branch of `origin`; without one, the branch `main` or `master` that exists here or at `origin`;
    with both or neither, the branch that is checked out if it has one of these names.

    Raises:
        UsageError: both exist, and another branch is checked out.

    """
    if head := git.query(project, "symbolic-ref", "--quiet", f"{_ORIGIN}HEAD"):
        return head.removeprefix(_ORIGIN)
    existing = [name for name in MAIN if any(history.commit_of(project, ref + name) for ref in (BRANCH, _ORIGIN))]
    current = (git.query(project, "symbolic-ref", "--quiet", "HEAD") or "").removeprefix(BRANCH)
    if len(existing) == 1:
        return existing[0]
    if existing and current not in MAIN:
        raise UsageError(
            f"The clone has both {' and '.join(MAIN)}: which of them is the default branch is not known.",
            "Check out the right one, or delete the old one, then run this again.",
        )
    return current if current in MAIN else MAIN[0]


def hosted(forge: Forge, state: State) -> HostedRepository:
    """Return the repository that the forge serves, as event payloads describe it."""
    path = forge.remote(state.repository)
    default = git.text(path, "symbolic-ref", "HEAD").removeprefix(BRANCH)
    return HostedRepository(path, forge.server, state.repository, default)


def create(forge: Forge, remote: Path, default: str) -> None:
    """Make the bare repository `remote` and its hook, or repair them.

    Its default branch is `default`, unless its present default branch has commits.
    """
    remote.mkdir(parents=True, exist_ok=True)
    git.text(remote, "init", "--quiet", "--bare", f"--initial-branch={default}")
    if not history.commit_of(remote, "HEAD"):
        git.text(remote, "symbolic-ref", "HEAD", BRANCH + default)
    for key, value in {
        "uploadpack.allowAnySHA1InWant": "true",
        "uploadpack.allowFilter": "true",
        "receive.denyDeletes": "false",
        "receive.denyNonFastForwards": "false",
        "core.hooksPath": str(remote / "hooks"),
    }.items():
        git.text(remote, "config", key, value)
    _write_hook(forge, remote)


def connect(project: Path, remote: Path) -> None:
    """Add `remote` to the project's clone under the name `local`, or correct its URL."""
    git.text(project, "remote", "set-url" if _url(project, NAME) else "add", NAME, str(remote))


def disconnect(project: Path, forge: Forge) -> None:
    """Remove the remote `local` from the project's clone, if it is the one of this forge."""
    if Path(_url(project, NAME)).is_relative_to(forge.path):
        git.text(project, "remote", "remove", NAME)


def _url(project: Path, name: str) -> str:
    """Return the URL of a remote of the project's clone; empty if there is no such remote."""
    url = git.text(project, "ls-remote", "--get-url", name)
    return "" if url == name else url  # git repeats a name that no remote has


def _write_hook(forge: Forge, remote: Path) -> None:
    package = Path(cicd.__file__).resolve().parent.parent
    words = [sys.executable, "-P", "-m", "cicd.cli", "hook", "--forge", str(forge.path)]
    hook = remote / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    files.replace(
        hook,
        "#!/bin/sh\n"
        "# A push from a job starts no workflow; in a job container this Python does not exist either.\n"
        f'if [ -n "${{{variables.ML_CICD_FORGE_RUN}:-}}" ]; then exit 0; fi\n'
        f"exec env PYTHONPATH={shlex.quote(str(package))} {shlex.join(words)}\n",
    )
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

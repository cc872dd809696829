"""The git remotes of a clone: which of them a command works on, and which it shows."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import forge_identity, git, variables
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LOGIN = re.compile(r"(?<=://)[^/@]+@")


@dataclass(frozen=True)
class Remote:
    """A git remote of a clone."""

    name: str
    address: str
    """As git uses it, without a login."""
    forge: str
    """The name of the local forge to which it belongs; empty for any other remote."""

    def __str__(self) -> str:
        """Return the name and the address in words."""
        return f"{self.name}, {'the local forge of ' if self.forge else ''}{self._place}"

    @property
    def _place(self) -> str:
        return self.address.partition("/.ml-cicd/")[0].removeprefix("file://") if self.forge else self.address


def of_clone(directory: Path) -> list[Remote]:
    """Return the remotes of the clone that contains `directory`, in git's order.

    Raises:
        UsageError: `directory` is not in a clone.

    """
    named = [(name, git.text(directory, "ls-remote", "--get-url", name)) for name in git.lines(directory, "remote")]
    return [Remote(name, _LOGIN.sub("", url), forge_identity.of_remote(url)) for name, url in named]


def chosen(directory: Path, name: str | None, *, changes: bool = False) -> Remote:
    """Return the remote of that name; without a name, `origin`, else the only one that is no local forge.

    A command that `changes` something must be told which of several remotes it works on: what is tried on the local
    forge must not happen at the real remote.

    Raises:
        UsageError: the clone has no such remote, or several of which none was named.

    """
    remotes = of_clone(directory)
    if name is None and changes and len(remotes) > 1:
        listed = "".join(f"\n  {remote}" for remote in remotes)
        options = " or ".join(f"--remote {remote.name}" for remote in remotes)
        raise UsageError(
            f"This clone has {len(remotes)} remotes, and this command changes something at one of them:{listed}",
            f"Say which: {options}",
        )
    name = name if name is not None else _default(remotes)
    for remote in remotes:
        if remote.name == name:
            return remote
    listed = ", ".join(remote.name for remote in remotes) or "none"
    raise UsageError(
        f"This clone has no remote '{name}'; its remotes are: {listed}.",
        "Name the remote that holds the ledger: --remote NAME. Without one, start a local remote: ml-cicd local up",
    )


def shown(directory: Path, name: str | None) -> list[str | None]:
    """Return the remotes that a command shows: the named one; without a name, the default and the local forge.

    In a job that is the job's repository, which has no name: None.

    Raises:
        UsageError: the clone has no such remote, or several and no default.

    """
    if name is None and in_job():
        return [None]
    default = chosen(directory, name).name
    forges = [remote.name for remote in of_clone(directory) if remote.forge and name is None]
    return [*dict.fromkeys((default, *forges))]


def in_job() -> bool:
    """Return whether this process runs in a job, whose repository counts where no remote is named."""
    needed = (variables.GITHUB_SERVER_URL, variables.GITHUB_REPOSITORY)
    return os.environ.get(variables.GITHUB_ACTIONS) == "true" and all(map(os.environ.get, needed))


def _default(remotes: Sequence[Remote]) -> str:
    """Return the remote of the forge whose registry this command uses, else `origin`, else the only real one."""
    instance = os.environ.get(variables.ML_CICD_INSTANCE)
    for remote in remotes:
        if instance and remote.forge == instance:
            return remote.name
    names = [remote.name for remote in remotes]
    real = [remote.name for remote in remotes if not remote.forge]
    if "origin" in names:
        return "origin"
    return next((some[0] for some in (real, names) if len(some) == 1), "origin")

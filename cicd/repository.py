"""A project's git repository: a snapshot of the remote's branches and tags, ancestry, and pushes that compare first.

A job that may not check out project code works on a bare mirror without file contents (`mirror`); a person's command
works in the person's clone (`clone`). Both keep the remote's refs under `refs/ml-cicd/`, so that no branch or tag of
the person's changes.
"""

from __future__ import annotations

import base64
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd import files, forge_identity, git, variables
from cicd.errors import RefusedError, UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SNAPSHOT = "refs/ml-cicd"
MAIN = ("main", "master")
LOST_RACE = (
    "(stale info)",
    "(already exists)",
    "(non-fast-forward)",
    "(fetch first)",
    "cannot lock ref",
    "reference already exists",
)
DECLINED = ("[remote rejected]", "denied", "403")


class LostRaceError(Exception):
    """A push was rejected because somebody else changed the ref first."""


@dataclass(frozen=True)
class Repository:
    """A git directory, and the remote (name or URL) whose refs it mirrors under `refs/ml-cicd/`."""

    path: Path
    remote: str
    contents: bool = True
    """Whether the snapshot holds files; if not, they are left at the remote until they are asked for."""

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Return what a git command prints; see `cicd.git.text`."""
        return git.text(self.path, *arguments, stdin=stdin, environment=_authorization())

    def _query(self, *arguments: str) -> str | None:
        return git.query(self.path, *arguments, environment=_authorization())

    def fetch(self) -> None:
        """Refresh the snapshot."""
        self.git(
            "fetch", "--quiet", "--no-tags", "--prune", "--no-write-fetch-head",
            *([] if self.contents else ["--filter=blob:none"]),
            self.remote, f"+refs/heads/*:{SNAPSHOT}/heads/*", f"+refs/tags/*:{SNAPSHOT}/tags/*",
        )  # fmt: skip

    def branch(self, name: str) -> str | None:
        """Return the commit of the remote's branch as of the last fetch; None when the remote has no such branch."""
        return self._commit(f"{SNAPSHOT}/heads/{name}")

    @property
    def main_branch(self) -> str:
        """The branch of commits that passed integration; not configured, since a commit must not choose its judge."""
        return next((name for name in MAIN if self.branch(name)), MAIN[0])

    @property
    def main_commit(self) -> str | None:
        """The commit of the main branch as of the last fetch; None when the remote has no main branch."""
        return next(filter(None, map(self.branch, MAIN)), None)

    def tag(self, name: str) -> str | None:
        """Return the commit to which the remote's tag peels as of the last fetch; None when there is no such tag."""
        return self._commit(f"{SNAPSHOT}/tags/{name}")

    def tag_object(self, name: str) -> str:
        """Return the object that the remote's tag names as of the last fetch; empty when there is no such tag."""
        return self._query("rev-parse", "--verify", "--quiet", f"{SNAPSHOT}/tags/{name}") or ""

    def _commit(self, name: str) -> str | None:
        return self._query("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def commit(self, name: str) -> str:
        """Return the full SHA of a commit, branch or tag; the remote's tags and branches come before the clone's.

        Raises:
            UsageError: there is no such commit.

        """
        for candidate in (f"{SNAPSHOT}/tags/{name}", f"{SNAPSHOT}/heads/{name}", name):
            if commit := self._commit(candidate):
                return commit
        hint = "Name a commit, branch or tag that has been pushed."
        raise UsageError(f"There is no commit '{name}'." if name else "No commit was named.", hint)

    @property
    def forge(self) -> str:
        """The name of the local forge to which the remote belongs; empty for any other remote."""
        return forge_identity.of_remote(self.git("ls-remote", "--get-url", self.remote))

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether `descendant` contains `ancestor` (a commit contains itself).

        Raises:
            UsageError: the clone is shallow: a "no" may only mean that it lacks the history.

        """
        try:
            if self._query("merge-base", "--is-ancestor", ancestor, descendant) is not None:
                return True
        except UsageError:  # an unknown commit contains no commit, and no commit contains an unknown one
            if None not in (self._commit(ancestor), self._commit(descendant)):
                raise
        if self.git("rev-parse", "--is-shallow-repository") == "true":
            raise UsageError(
                f"This clone is shallow: it can't show whether {descendant[:12]} contains {ancestor[:12]}.",
                f"Fetch the whole history: git fetch --unshallow {self.remote}",
            )
        return False

    def show(self, commit: str, path: str) -> str | None:
        """Return the content of a file in a commit; None when the commit has no such file.

        Raises:
            UsageError: the commit has the file, but its content can't be read.
            UnreachableError: the content is still at the remote, which does not answer.

        """
        blob = self.tree(commit, path)
        if blob is None:
            return None
        return git.output(self.path, "cat-file", "blob", blob, environment=_authorization()).decode()

    def read(self, names: Sequence[str]) -> list[bytes | None]:
        """Return the contents of objects, under any names that git has for them; None for one that is not there."""
        return git.objects(self.path, names, _authorization())

    def tree(self, commit: str, path: str) -> str | None:
        """Return the object id of a file or folder in a commit; None when the commit has no such path."""
        return self._query("rev-parse", "--verify", "--quiet", f"{commit}:{path}")

    @contextmanager
    def unpacked(self, commit: str, folder: str) -> Iterator[Path]:
        """Yield a folder of a commit, unpacked with everything under the same top-level folder; remove it at the end.

        Raises:
            UsageError: the commit has no such folder.

        """
        if self.tree(commit, folder) is None:
            raise UsageError(
                f"The commit {commit[:12]} has no folder {folder}.",
                "Correct `manifests` of the environment in ml-cicd.toml.",
            )
        with tempfile.TemporaryDirectory(prefix="ml-cicd-folder-") as root:
            words = ("archive", "--format=tar", commit, folder.partition("/")[0])
            files.unpack(git.output(self.path, *words, environment=_authorization()), Path(root))
            yield Path(root) / folder

    def push(self, *refspecs: str, leases: dict[str, str] | None = None, show: bool = False) -> None:
        """Push all refspecs or none.

        `leases` maps a ref to the object that it must still have at the remote; such a ref is then replaced by force.
        A refspec with a `+` would defeat its lease. With `show` the person sees the remote's messages meanwhile.

        Raises:
            LostRaceError: somebody else changed a ref first.
            RefusedError: the remote declined: the login may not push, or a ruleset forbids it.
            UnreachableError: the remote does not answer.

        """
        conditions = [f"--force-with-lease={ref}:{value}" for ref, value in (leases or {}).items()]
        words = ("push", "--atomic", "--porcelain", "--no-verify", *conditions, self.remote, *refspecs)
        process = git.completed(self.path, *words, environment=_authorization(), show=show)
        if process.returncode == 0:
            return
        output = (process.stdout + (process.stderr or b"")).decode(errors="replace").strip()
        if any(sign in output for sign in LOST_RACE):
            raise LostRaceError(output)
        if any(sign in output for sign in DECLINED):
            raise RefusedError(
                f"The remote declined the push: {output}",
                "In a job: check its 'permissions' (contents: write) and the repository's rulesets.",
            )
        raise UnreachableError(f"The push to {self.remote} failed: {output}", "Check the remote, then run this again.")


def _authorization() -> dict[str, str]:
    """Return the variables that give git the job's token, so that neither arguments nor files show it."""
    token, server = os.environ.get(variables.GITHUB_TOKEN), os.environ.get(variables.GITHUB_SERVER_URL, "")
    if not token or not server.startswith("https://"):
        return {}
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {basic}",
    }


@contextmanager
def mirror(url: str) -> Iterator[Repository]:
    """Yield a bare mirror of `url`, fetched without file contents; remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="ml-cicd-mirror-") as folder:
        repository = Repository(Path(folder), url, contents=False)
        repository.git("init", "--bare", "--quiet", "--template=")
        repository.fetch()
        yield repository


def clone(directory: Path, remote: str | None = None) -> Repository:
    """Return the clone that contains `directory`, with the remote of that name, else `origin`, else the only remote.

    Raises:
        UsageError: `directory` is not in a clone, or the clone has no such remote, or several and none was named.

    """
    remotes = git.lines(directory, "remote")
    if remote is None:
        remote = "origin" if "origin" in remotes or len(remotes) != 1 else remotes[0]
    if remote not in remotes:
        raise UsageError(
            f"This clone has no remote '{remote}'; its remotes are: {', '.join(remotes) or 'none'}.",
            "Name the remote that holds the ledger: --remote NAME. Without one, start a local remote: ml-cicd local up",
        )
    return Repository(directory, remote)


@contextmanager
def fetched(directory: Path, remote: str | None = None) -> Iterator[Repository]:
    """Yield the project's repository, freshly fetched: in a job a mirror, else the clone that contains `directory`."""
    server, name = os.environ.get(variables.GITHUB_SERVER_URL), os.environ.get(variables.GITHUB_REPOSITORY)
    if remote is None and os.environ.get(variables.GITHUB_ACTIONS) == "true" and server and name:
        with mirror(f"{server}/{name}") as repository:
            yield repository
    else:
        repository = clone(directory, remote)
        repository.fetch()
        yield repository


def owner_and_name(directory: Path, remote: str | None = None) -> str:
    """Return `owner/name` of the repository: the running job's, else the last two parts of the remote's address."""
    if name := os.environ.get(variables.GITHUB_REPOSITORY):
        return name
    repository = clone(directory, remote)
    address = repository.git("remote", "get-url", repository.remote)
    path = urlsplit(address).path or address.partition(":")[2]
    parts = path.removesuffix("/").removesuffix(".git").split("/")
    return "/".join(parts[-2:])

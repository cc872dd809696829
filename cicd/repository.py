"""Git, as the kit needs it: a snapshot of the remote's branches and tags, ancestry, and pushes that compare first.

A job that may not check out project code works on a bare mirror without file contents (`mirror`);
a person's command works in the clone at hand (`clone`). Both keep the remote's refs under `refs/ml-cicd/`,
so nobody's own branches and tags are touched.
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


class LostRaceError(Exception):
    """A compare-and-swap push was rejected: somebody else was first."""


@dataclass(frozen=True)
class Repository:
    """A git directory and the remote (name or URL) whose refs it mirrors under `refs/ml-cicd/`."""

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
        """The commit of the remote's branch, as of the last fetch; None when there is none."""
        return self._commit(f"{SNAPSHOT}/heads/{name}")

    @property
    def main(self) -> str:
        """The branch of what passed integration; not configured, since a commit that is judged must not choose it."""
        return next((name for name in MAIN if self.branch(name)), MAIN[0])

    @property
    def tip(self) -> str | None:
        """The commit of that branch; None when there is none."""
        return next(filter(None, map(self.branch, MAIN)), None)

    def tag(self, name: str) -> str | None:
        """The commit to which the remote's tag peels, as of the last fetch; None when there is none."""
        return self._commit(f"{SNAPSHOT}/tags/{name}")

    def tag_object(self, name: str) -> str:
        """The object that the remote's tag names, as of the last fetch; empty when there is none."""
        return self._query("rev-parse", "--verify", "--quiet", f"{SNAPSHOT}/tags/{name}") or ""

    def _commit(self, name: str) -> str | None:
        return self._query("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def commit(self, name: str) -> str:
        """The full SHA of a commit that the remote's branches or tags, or the clone itself, know by that name.

        Raises:
            UsageError: there is no such commit.

        """
        for candidate in (f"{SNAPSHOT}/tags/{name}", f"{SNAPSHOT}/heads/{name}", name):
            if found := self._commit(candidate):
                return found
        hint = "Name a commit, branch or tag that has been pushed."
        raise UsageError(f"There is no commit '{name}'." if name else "Which commit is meant is not said.", hint)

    @property
    def forge(self) -> str:
        """The local forge to which the remote belongs; empty for a remote of any other kind."""
        return forge_identity.of_remote(self.git("ls-remote", "--get-url", self.remote))

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether `descendant` contains `ancestor` (a commit contains itself).

        Raises:
            UsageError: the clone is shallow, so that a "no" can't be told from history that is not there.

        """
        try:
            if self._query("merge-base", "--is-ancestor", ancestor, descendant) is not None:
                return True
        except UsageError:  # a commit that is not there contains nothing, and nothing that is there contains it
            if None not in (self._commit(ancestor), self._commit(descendant)):
                raise
        if self.git("rev-parse", "--is-shallow-repository") == "true":
            raise UsageError(
                f"This clone is shallow: whether {descendant[:12]} contains {ancestor[:12]} can't be told from it.",
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
        """The object name of a file's or folder's content in a commit; None when it is not there."""
        return self._query("rev-parse", "--verify", "--quiet", f"{commit}:{path}")

    @contextmanager
    def unpacked(self, commit: str, folder: str) -> Iterator[Path]:
        """A folder of a commit with its files, and with all that lies beside it; removed at the end.

        Raises:
            UsageError: the commit has no such folder.

        """
        if self.tree(commit, folder) is None:
            raise UsageError(f"The commit {commit[:12]} has no folder {folder}.")
        with tempfile.TemporaryDirectory(prefix="ml-cicd-folder-") as place:
            words = ("archive", "--format=tar", commit, folder.partition("/")[0])
            files.unpack(git.output(self.path, *words, environment=_authorization()), Path(place))
            yield Path(place) / folder

    def push(self, *refspecs: str, leases: dict[str, str] | None = None, show: bool = False) -> None:
        """Push all refspecs or none; `leases` maps a ref to the object that it must still have, and so forces it.

        A refspec with a `+` would defeat its lease.

        `show` lets the person see what the remote says meanwhile.

        Raises:
            LostRaceError: a ref was not what it was thought to be.
            RefusedError: the remote declined (permission, ruleset).
            UnreachableError: the remote does not answer.

        """
        conditions = [f"--force-with-lease={ref}:{value}" for ref, value in (leases or {}).items()]
        words = ("push", "--atomic", "--porcelain", "--no-verify", *conditions, self.remote, *refspecs)
        result = git.completed(self.path, *words, environment=_authorization(), show=show)
        if result.returncode == 0:
            return
        said = (result.stdout + (result.stderr or b"")).decode(errors="replace").strip()
        if any(sign in said for sign in ("(stale info)", "(already exists)", "(non-fast-forward)", "(fetch first)",
                                          "cannot lock ref", "reference already exists")):  # fmt: skip
            raise LostRaceError(said)
        if "[remote rejected]" in said or "denied" in said or "403" in said:
            raise RefusedError(f"The remote declined the push: {said}", "Check the job's permissions and the rulesets.")
        raise UnreachableError(f"The push to {self.remote} failed: {said}", "Check the remote, then run this again.")


def _authorization() -> dict[str, str]:
    """The token of a job, handed to git without a trace in arguments or files."""
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
    """A fetched bare mirror of `url` without file contents, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ml-cicd-mirror-") as folder:
        repository = Repository(Path(folder), url, contents=False)
        repository.git("init", "--bare", "--quiet", "--template=")
        repository.fetch()
        yield repository


def clone(directory: Path, remote: str | None = None) -> Repository:
    """The clone that `directory` lies in, and its remote: the one asked for, else `origin`, else the only one.

    Raises:
        UsageError: not in a clone, or no remote can be told.

    """
    remotes = git.text(directory, "remote").split()
    if remote is None:
        remote = "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else None
    if remote is None or remote not in remotes:
        raise UsageError(
            f"Which remote holds the ledger is not clear; there are: {', '.join(remotes) or 'none'}.",
            "Name it with --remote, or start a local one: ml-cicd local up",
        )
    return Repository(directory, remote)


@contextmanager
def here(directory: Path, remote: str | None = None) -> Iterator[Repository]:
    """The repository to work on: in a job a mirror of its remote, else the clone at hand, freshly fetched."""
    server, name = os.environ.get(variables.GITHUB_SERVER_URL), os.environ.get(variables.GITHUB_REPOSITORY)
    if remote is None and os.environ.get(variables.GITHUB_ACTIONS) == "true" and server and name:
        with mirror(f"{server}/{name}") as repository:
            yield repository
    else:
        repository = clone(directory, remote)
        repository.fetch()
        yield repository


def owner_and_name(directory: Path, remote: str | None = None) -> str:
    """`owner/name` of the repository: of the running job, else from the remote's address."""
    if name := os.environ.get(variables.GITHUB_REPOSITORY):
        return name
    repository = clone(directory, remote)
    address = repository.git("remote", "get-url", repository.remote)
    path = urlsplit(address).path or address.partition(":")[2]
    parts = path.removesuffix("/").removesuffix(".git").split("/")
    return "/".join(parts[-2:])

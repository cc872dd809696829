"""A git repository: a snapshot of its remote's branches and tags, ancestry, and pushes that compare first."""

from __future__ import annotations

import base64
import os
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import files, forge_identity, git, scratch, variables
from cicd.errors import RefusedError, UnreachableError, UsageError
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SNAPSHOT = "refs/ml-cicd"
_DEFAULT = f"{SNAPSHOT}/HEAD"
"""The remote's default branch as of the last fetch; only kept where the remote has two branches of `MAIN`."""
PAUSES = (0.1, 0.3, 1.0, 2.0)
"""Seconds between two tries while another command refreshes the same clone."""
MAIN = ("main", "master")
LOST_RACE = (
    "(stale info)",
    "(already exists)",
    "(non-fast-forward)",
    "(fetch first)",
    "cannot lock ref",
    "reference already exists",
)
DECLINED = re.compile(r"\[remote rejected\]|denied|\b403\b")


class LostRaceError(Exception):
    """A push was rejected because somebody else changed the ref first."""


@dataclass(frozen=True)
class Repository:
    """A git directory, and the remote (name or URL) whose refs it mirrors under `refs/ml-cicd/`."""

    path: Path
    remote: str
    contents: bool = True
    """Whether the snapshot holds files; if not, they are left at the remote until they are asked for."""
    directory: str = ""
    """The project's folder in the repository, such as `projects/flights`; empty for the root."""

    def in_project(self, path: str) -> str:
        """Return the path in a commit of a file or folder that belongs to the project."""
        return f"{self.directory}/{path}" if self.directory else path

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Return what a git command prints; see `cicd.git.text`."""
        return git.text(self.path, *arguments, stdin=stdin, environment=_authorization())

    def _query(self, *arguments: str) -> str | None:
        return git.query(self.path, *arguments, environment=_authorization())

    def fetch(self) -> None:
        """Refresh the snapshot, and no other ref of the clone.

        Raises:
            LockedError: another command refreshes the same clone all the time.
            UnreachableError: the remote does not answer.

        """
        for pause in (*PAUSES, None):
            try:
                self.git(
                    "fetch", "--quiet", "--no-tags", "--prune", "--no-write-fetch-head", "--refmap=",
                    "--no-recurse-submodules", *([] if self.contents else ["--filter=blob:none"]),
                    self.remote, f"+refs/heads/*:{SNAPSHOT}/heads/*", f"+refs/tags/*:{SNAPSHOT}/tags/*",
                )  # fmt: skip
            except git.LockedError:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                break
        if len(self._main_branches()) > 1:
            self.git("symbolic-ref", _DEFAULT, f"{SNAPSHOT}/heads/{self.default_branch() or 'unknown'}")

    def default_branch(self) -> str:
        """Return the remote's default branch, asked for now; empty when it has none."""
        answer = self.git("ls-remote", "--symref", self.remote, "HEAD")
        match = re.match(r"ref: refs/heads/(.+)\tHEAD", answer)
        return match[1] if match else ""

    def branch(self, name: str) -> str | None:
        """Return the commit of the remote's branch as of the last fetch; None when the remote has no such branch."""
        return self._commit(f"{SNAPSHOT}/heads/{name}")

    @property
    def main_branch(self) -> str:
        """The branch of commits that passed integration; not configured, since a commit must not choose its judge.

        Raises:
            UsageError: the remote has two such branches, and neither is its default branch.

        """
        existing = self._main_branches()
        if len(existing) < len(MAIN):
            return existing[0] if existing else MAIN[0]
        default = self._query("symbolic-ref", "--quiet", _DEFAULT) or ""
        if (name := default.removeprefix(f"{SNAPSHOT}/heads/")) in MAIN:
            return name
        raise UsageError(
            f"The remote has the branches {' and '.join(MAIN)}, and its default branch is neither: which of them holds "
            "the tested commits is not known.",
            f"Delete the old one: git push {self.remote} --delete BRANCH. Or make the right one the default branch.",
        )

    def _main_branches(self) -> list[str]:
        """Return the names of `MAIN` that are branches of the remote."""
        refs = (f"{SNAPSHOT}/heads/{name}" for name in MAIN)
        return lines(self.git("for-each-ref", "--format=%(refname:lstrip=3)", *refs))

    @property
    def main_commit(self) -> str | None:
        """The commit of the main branch as of the last fetch; None when the remote has no main branch."""
        return self.branch(self.main_branch)

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
            UsageError: there is no such commit, or the clone is shallow and may lack it.

        """
        for candidate in (f"{SNAPSHOT}/tags/{name}", f"{SNAPSHOT}/heads/{name}", name):
            if commit := self._commit(candidate):
                return commit
        if name:
            self.need_history(f"whether there is a commit '{name}'")
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
        self.need_history(f"whether {descendant[:12]} contains {ancestor[:12]}")
        return False

    def need_history(self, answer: str) -> None:
        """Raise if the clone is shallow, so that it can't give an answer; `answer` says in words which.

        Raises:
            UsageError: the clone is shallow.

        """
        if self.git("rev-parse", "--is-shallow-repository") == "true":
            raise UsageError(
                f"This clone is shallow, so it can't say {answer}.",
                f"Fetch the whole history: git fetch --unshallow {self.remote}",
            )

    def subjects(self, since: str, commit: str) -> list[str]:
        """Return the commits that `commit` has and `since` has not, newest first, a line each; at most 1000.

        With `since` empty: all that `commit` contains.

        Raises:
            UsageError: the clone is shallow.

        """
        self.need_history(f"which commits {commit[:12]} brings")
        span = f"{since}..{commit}" if since else commit
        return lines(self.git("log", "--format=%h %s", "--max-count=1000", span))

    def show(self, commit: str, path: str) -> str | None:
        """Return the content of a file in a commit; None when the commit has no such file.

        Raises:
            UsageError: the commit has the file, but its content can't be read.
            UnreachableError: the content is still at the remote, which does not answer.

        """
        blob = self.tree(commit, path)
        if blob is None:
            return None
        content = git.output(self.path, "cat-file", "blob", blob, environment=_authorization())
        return files.utf8(content, f"{path} in {commit.removeprefix(SNAPSHOT + '/')}")

    def paths(self, commit: str, name: str) -> list[str]:
        """Return the paths of all files of that name in a commit."""
        listing = self.git("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).split("\0")
        return [path for path in listing if path.rpartition("/")[2] == name]

    def read(self, names: Sequence[str]) -> list[bytes | None]:
        """Return the contents of objects, under any names that git has for them; None for one that is not there."""
        return git.objects(self.path, names, _authorization())

    def tree(self, commit: str, path: str) -> str | None:
        """Return the object id of a file or folder in a commit; None when the commit has no such path.

        Raises:
            UsageError: the clone lacks the commit.

        """
        identity = self._query("rev-parse", "--verify", "--quiet", f"{commit}:{path}")
        return identity if identity or self._commit(commit) else self.tree(self.commit(commit), path)

    @contextmanager
    def unpacked(self, commit: str, folder: str) -> Iterator[Path]:
        """Yield a folder of the project in a commit, unpacked; remove it at the end.

        Everything under the same top-level folder of the project is unpacked, too.

        Raises:
            UsageError: the commit has no such folder.

        """
        if self.tree(commit, self.in_project(folder)) is None:
            raise UsageError(
                f"The commit {commit[:12]} has no folder {self.in_project(folder)}.",
                "Correct the path in ml-cicd.toml, or commit the folder.",
            )
        with scratch.folder("folder") as root:
            words = ("archive", "--format=tar", f"{commit}:{self.directory}", folder.partition("/")[0])
            files.unpack(git.output(self.path, *words, environment=_authorization()), Path(root))
            yield Path(root) / folder

    def push(self, *refspecs: str, leases: dict[str, str] | None = None, show: bool = False) -> None:
        """Push all refspecs or none.

        `leases` maps a ref to the object that it must still have at the remote; such a ref is then replaced by force.
        A refspec with a `+` would defeat its lease. With `show` the person sees the remote's messages meanwhile.

        Raises:
            LostRaceError: somebody else changed a ref first.
            RefusedError: the remote declined: the login may not push, or a ruleset forbids it.
            UnreachableError: the remote does not answer, or a disk is full.

        """
        conditions = [f"--force-with-lease={ref}:{value}" for ref, value in (leases or {}).items()]
        plain = ("--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no")
        words = ("push", "--atomic", "--porcelain", *plain, *conditions, self.remote, *refspecs)
        words = ("-c", f"remote.{self.remote}.mirror=false", *words)
        process = git.completed(self.path, *words, environment=_authorization(), show=show)
        if process.returncode == 0:
            return
        output = (process.stdout + (process.stderr or b"")).decode(errors="replace").strip()
        if git.DISK_FULL.search(output):  # a remote whose disk is full declines, or can't lock a ref
            raise UnreachableError(
                f"The push to {self.remote} failed, since a disk is full: {output}",
                "Free space on the disk: that of the remote if a line begins with 'remote:'. Then run this again.",
            )
        if any(sign in output for sign in LOST_RACE):
            raise LostRaceError(output)
        if DECLINED.search(output):
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
    header = f"http.{server}/.extraheader"
    # The empty value drops the headers set before: a server refuses a request with two logins.
    return git.settings((header, ""), (header, f"AUTHORIZATION: basic {basic}"))

"""Bring the forge of a project up, and take it down again."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import time
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cicd import config, files, git
from cicd.act import execution
from cicd.errors import RefusedError, UsageError
from cicd.forge import remote, repository_variables, run_secrets
from cicd.forge.running import kit, runner
from cicd.forge.state import KIT, Forge, State, cache
from cicd.ledger import pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Services(Protocol):
    """The services beside the jobs, as `machine.services.up` returns them."""

    @property
    def registry(self) -> str:
        """Host and port of the registry."""

    @property
    def base(self) -> str:
        """The base image of builds; empty: the default of each Dockerfile."""

    @property
    def proxy(self) -> str:
        """The image of the proxies in front of the environments."""

    @property
    def engine(self) -> str:
        """The value of DOCKER_HOST for jobs."""

    @property
    def runner(self) -> str:
        """The image of the job containers; empty: steps run on this machine itself."""


def up(
    project: Path, source: Path, start: Callable[[Path, str, Callable[[str], None]], Services],
    say: Callable[[str], None], variables: Sequence[tuple[str, str]] = (),
    *, secrets: Sequence[tuple[str, str]] = (), workflows: str | None = None,
) -> tuple[Forge, State]:  # fmt: skip
    """Make the remote and its hook, freeze the kit in `source`, and start the services; repair what already exists.

    `start` starts the services. `variables` are changes to the repository's variables: an empty value removes one.
    `secrets` are changes to the secrets, see `run_secrets.change`. `workflows` says which workflows events start, see
    `events.selection`; None: as before.

    Raises:
        UsageError: `project` has no valid ml-cicd.toml or is not the root of a git repository, or a variable or a
            secret has an invalid name or value.
        UnreachableError: `act` is not installed, or a service can't be started.

    """
    name = _name(project)
    top = git.text(project, "rev-parse", "--show-toplevel")
    if Path(top).resolve() != project.resolve():
        raise UsageError(f"{project} is not the root of a git repository: {top} is.", "Run this in the root.")
    execution.binary()
    cache()
    forge = Forge.of_project(project)
    with _alone(project, say):
        before = _state(forge)
        repository_vars = repository_variables.merge(before.variables if before else {}, variables)
        forge.path.mkdir(parents=True, exist_ok=True)
        (forge.path / ".gitignore").write_text("*\n", "utf-8")
        run_secrets.change(forge, secrets)
        repository = remote.repository_name(project)
        remote.create(forge, forge.remote(repository), remote.default_branch(project))
        with forge.queue.lock(wait=False) as idle:
            if idle:
                runner.recover(forge)
                kit.refresh(forge, source)
        services = start(forge.path, name, say)
        state = State(
            name, repository, str(source), services.registry, services.base, services.proxy, services.engine,
            services.runner, repository_vars, workflows or (before.workflows if before else KIT),
        )  # fmt: skip
        forge.write_state(state)
        remote.connect(project, forge.remote(repository))
    return forge, state


def _state(forge: Forge) -> State | None:
    """Return the choices of the last `up`; None if the forge is not up."""
    with suppress(UsageError):
        return forge.state()
    return None


def _name(project: Path) -> str:
    """Return the name of the project at the root of a repository; without one, with projects in folders, the folder's.

    Raises:
        UsageError: there is no project, or its configuration is not valid.

    """
    in_folders = git.completed(project, "ls-files", "--", f"*/{config.FILE}").stdout
    if (project / config.FILE).is_file() or not in_folders:
        return config.load(project).name
    return re.sub("[^a-z0-9]+", "-", project.resolve().name.lower()).strip("-") or "project"


def down(project: Path, stop: Callable[[Path, str, Callable[[str], None]], None], say: Callable[[str], None]) -> None:
    """Cancel all runs, stop the services with `stop`, and remove the remote and all files of the forge.

    A push that arrives meanwhile starts no workflow: the hook finds no forge.

    Raises:
        RefusedError: a run does not end.

    """
    forge = Forge.of_project(project)
    name = forge.state().project if (forge.path / "state.json").is_file() else _name(project)
    with _alone(project, say), _all_runs_ended(forge) if forge.path.is_dir() else nullcontext():
        if forge.path.is_dir():
            runner.recover(forge)
        stop(forge.path, name, say)
        remote.disconnect(project, forge)
        pending.drop(project, forge.instance)
        shutil.rmtree(forge.work, ignore_errors=True)
        _remove(forge.path)
        if forge.path.parent.is_dir() and not any(forge.path.parent.iterdir()):
            forge.path.parent.rmdir()


@contextmanager
def _alone(project: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other `up` or `down` works in this clone: they change the same files and the clone's git remotes.

    The kernel frees the lock of a killed command.
    """
    common = Path(git.text(project, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    path = common / "ml-cicd" / "local.lock"
    with files.file_errors(f"open {path}"):
        path.parent.mkdir(exist_ok=True)
        stream = path.open("a")
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another ml-cicd local up or down in this clone")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def _all_runs_ended(forge: Forge) -> Iterator[None]:
    """End every run and every waiting push, then hold the lock; no push can start a run meanwhile."""
    (forge.path / "state.json").unlink(missing_ok=True)
    deadline = time.monotonic() + 3 * execution.GRACE
    while True:
        for process in forge.queue.processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
        with forge.queue.lock(wait=False) as idle:
            if idle and not forge.queue.processes():
                yield
                return
        if time.monotonic() > deadline:
            raise RefusedError(
                "A run of the local forge is in progress and does not end.",
                "End the git push or the command that waits for the run, then run this again.",
            )
        time.sleep(0.2)


def _remove(folder: Path) -> None:
    """Remove a folder into which a push may still be writing."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)

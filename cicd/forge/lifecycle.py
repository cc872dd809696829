"""Bring the forge of a project up, and take it down again."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import stat
import sys
import time
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cicd
from cicd import config, variables
from cicd.act import execution
from cicd.errors import RefusedError, UsageError
from cicd.forge.events import history
from cicd.forge.repository_variables import merged
from cicd.forge.running import runner
from cicd.forge.state import Data, State, cache, of_project, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REMOTE = "local"
_ADDRESS = re.compile(r"(?:https?://|ssh://(?:[^@/]+@)?|[^@/:]+@)[^/:]+(?::\d+)?[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?")


class Services(Protocol):
    """What runs beside the jobs: the registry, the base image, the engine."""

    @property
    def registry(self) -> str:
        """Its host and port."""

    @property
    def base(self) -> str:
        """The base image to build on; empty for the Dockerfile's own."""

    @property
    def proxy(self) -> str:
        """The image of the proxies before the environments."""

    @property
    def engine(self) -> str:
        """The value of DOCKER_HOST; empty for the default."""

    @property
    def runner(self) -> str:
        """The image in whose containers steps run; empty: on this machine itself."""


def up(
    project: Path, kit: Path, start: Callable[[Path, str, Callable[[str], None]], Services],
    say: Callable[[str], None], variables: Sequence[tuple[str, str]] = (),
) -> tuple[Data, State]:  # fmt: skip
    """Make the remote and its hook, freeze the kit, and start the services. Running it again repairs what is missing.

    `variables` are set beside those that were set before; an empty value removes one.

    Raises:
        UsageError: `project` has no valid ml-cicd.toml, or is not at the root of a git repository; a variable's name
            is none.
        UnreachableError: there is no `act`, or a service can't be started.

    """
    name = config.load(project).name
    top = history.try_git(project, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != project.resolve():
        raise UsageError(f"{project} is not the root of a git repository.", "Run there: git init -b main")
    execution.binary()
    cache()
    forge = of_project(project)
    kept = merged(_variables(forge), variables)
    forge.path.mkdir(parents=True, exist_ok=True)
    (forge.path / ".gitignore").write_text("*\n", "utf-8")
    repository = repository_name(project)
    remote = forge.remote(repository)
    _make_remote(remote)
    _write_hook(forge, remote)
    with forge.lock(wait=False) as idle:
        if idle:
            runner.recover(forge)
            runner.freeze_kit(forge, kit)
    services = start(forge.path, name, say)
    state = State(
        name,
        repository,
        str(kit),
        services.registry,
        services.base,
        services.proxy,
        services.engine,
        services.runner,
        kept,
    )
    forge.write_state(state)
    known = history.try_git(project, "remote", "get-url", REMOTE)
    history.git(project, "remote", "add" if known is None else "set-url", REMOTE, str(remote))
    return forge, state


def _variables(forge: Data) -> dict[str, str]:
    """Those that were set before."""
    with suppress(UsageError):
        return forge.state().variables
    return {}


def repository_name(project: Path) -> str:
    """`owner/name` as the address of the remote `origin` has it, else `local/` and the directory's name."""
    origin = history.try_git(project, "remote", "get-url", "origin") or ""
    if found := _ADDRESS.fullmatch(origin):
        return f"{found[1]}/{found[2]}"
    return "local/" + (re.sub(r"[^\w.-]+", "-", project.resolve().name, flags=re.ASCII).strip("-.") or "project")


def down(project: Path, stop: Callable[[Path, str, Callable[[str], None]], None], say: Callable[[str], None]) -> None:
    """End a run that is under way, stop the services, and remove the remote and all data.

    A push that comes meanwhile, or that git still takes, starts nothing: it finds no forge.

    Raises:
        RefusedError: the run does not end.

    """
    forge = of_project(project)
    name = forge.state().project if (forge.path / "state.json").is_file() else config.load(project).name
    with _ended(forge) if forge.path.is_dir() else nullcontext():
        stop(forge.path, name, say)
        known = history.try_git(project, "remote", "get-url", REMOTE)
        if known is not None and Path(known).is_relative_to(forge.path):
            history.git(project, "remote", "remove", REMOTE)
        shutil.rmtree(forge.work, ignore_errors=True)
        _remove(forge.path)
    if forge.path.parent.is_dir() and not any(forge.path.parent.iterdir()):
        forge.path.parent.rmdir()


@contextmanager
def _ended(forge: Data) -> Iterator[None]:
    """Hold the lock, with every run ended, no push waiting, and none that could begin to."""
    (forge.path / "state.json").unlink(missing_ok=True)
    deadline = time.monotonic() + 3 * execution.GRACE
    while True:
        for process in forge.queued():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
        with forge.lock(wait=False) as idle:
            if idle and not forge.queued():
                yield
                return
        if time.monotonic() > deadline:
            raise RefusedError("A run is under way and does not end.", "Stop the push that waits for it.")
        time.sleep(0.2)


def _remove(folder: Path) -> None:
    """Remove a folder into which a push may still be writing."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)


def _make_remote(remote: Path) -> None:
    remote.mkdir(parents=True, exist_ok=True)
    history.git(remote, "init", "--quiet", "--bare", "--initial-branch=main")
    for key, value in {
        "uploadpack.allowAnySHA1InWant": "true",
        "uploadpack.allowFilter": "true",
        "receive.denyDeletes": "false",
        "receive.denyNonFastForwards": "false",
        "core.hooksPath": str(remote / "hooks"),
    }.items():
        history.git(remote, "config", key, value)


def _write_hook(forge: Data, remote: Path) -> None:
    package = Path(cicd.__file__).resolve().parent.parent
    words = [sys.executable, "-P", "-m", "cicd.cli", "local", "receive", "--data", str(forge.path)]
    hook = remote / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    replace(
        hook,
        "#!/bin/sh\n"
        "# What a job pushes starts nothing; its container has no Python of this machine either.\n"
        f'if [ -n "${{{variables.ML_CICD_FORGE_RUN}:-}}" ]; then exit 0; fi\n'
        f"exec env PYTHONPATH={shlex.quote(str(package))} {shlex.join(words)}\n",
    )
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

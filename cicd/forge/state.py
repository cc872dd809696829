"""The folder of a forge, `<project>/.ml-cicd/local/`: its paths, and the choices of `up` (`state.json`)."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cicd import account, files, forge_identity
from cicd.errors import UsageError
from cicd.forge.run_queue import RunQueue, not_up

FOLDER = Path(".ml-cicd") / "local"
KIT, ALL = "kit", "all"
"""Which workflows an event starts: those that use the kit, or all that can run on this machine."""


@dataclass(frozen=True)
class State:
    """The choices of `ml-cicd local up`, kept in `state.json`."""

    project: str
    repository: str
    """`owner/name` of the remote."""
    source: str
    """The clone of the kit from which runs take workflows and actions."""
    registry: str
    """Host and port of the registry."""
    base: str
    """The base image of builds; empty: the default of each Dockerfile."""
    proxy: str
    """The image of the proxies in front of the environments."""
    engine: str
    """The value of DOCKER_HOST for jobs."""
    runner: str = ""
    """The image of the job containers; empty: steps run on this machine itself."""
    variables: dict[str, str] = field(default_factory=dict)
    """The repository's variables, which workflows read as `vars.NAME`."""
    workflows: str = KIT
    """Which workflows events start: `KIT` or `ALL`; see `events.selection`."""


@dataclass(frozen=True)
class Forge:
    """A local forge and the paths of its files. Its folder exists from `up` to `down`."""

    path: Path

    @classmethod
    def of_project(cls, project: Path) -> Forge:
        """Return the forge of the project in the folder `project`; it may be down."""
        return cls(project.resolve() / FOLDER)

    @property
    def server(self) -> str:
        """The URL of the git server as jobs see it: `owner/name` comes after it."""
        return (self.path / "git").as_uri()

    @property
    def kit(self) -> Path:
        """The folder of the frozen kit as `act` gets it: workflows and actions, and links to what they start."""
        return self.path / "kit"

    @property
    def package(self) -> Path:
        """The folder with the package and the locks of the frozen kit; links in `kit` lead here."""
        return self.path / "package"

    @property
    def runs(self) -> Path:
        """The folder of the run records."""
        return self.path / "runs"

    def remote(self, repository: str) -> Path:
        """Return the path of the bare repository `owner/name` to which people push."""
        return self.path / "git" / repository

    @property
    def instance(self) -> str:
        """The name of this forge in labels and in container names, unique on this machine."""
        return forge_identity.of_data(self.path)

    @property
    def work(self) -> Path:
        """The folder in which a run works, in the user's cache: act fails if this path contains a space.

        It exists only while a run is in progress.
        """
        return cache() / "work" / hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]

    @property
    def queue(self) -> RunQueue:
        """The queue of the pushes and commands that want to run workflows."""
        return RunQueue(self.path)

    def write_state(self, state: State) -> None:
        """Write the choices of `up`."""
        files.replace(self.path / "state.json", json.dumps(asdict(state), indent=2) + "\n")

    def state(self) -> State:
        """Return the choices of `up`.

        Raises:
            UsageError: `up` was never run, or did not succeed.

        """
        try:
            return State(**json.loads((self.path / "state.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise not_up() from error


def cache() -> Path:
    """Return the folder that all forges of this user share.

    Raises:
        UsageError: its path contains a space, or this account has no home folder and XDG_CACHE_HOME is not set.

    """
    home = account.home()
    if not home and not os.environ.get("XDG_CACHE_HOME"):
        raise UsageError("This account has no home folder.", "Set HOME, or XDG_CACHE_HOME, to a folder of its own.")
    path = Path(os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache") / "ml-cicd"
    if len(str(path).split()) > 1:
        raise UsageError(
            f"Local runs can't use the cache folder '{path}': act fails if its path contains a space.",
            "Set XDG_CACHE_HOME to a folder without a space in its path.",
        )
    return path


def read_json(path: Path) -> Any:
    """Return the content of a JSON file."""
    return json.loads(path.read_text("utf-8"))

"""The tables `[train]` and `[model]`: where the model bundle comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cicd.config.environments import Command

Network = Literal["bridge", "none"]


@dataclass(frozen=True)
class Train:
    """How the model bundle is made, and what decides whether it must be made again."""

    command: Command
    inputs: tuple[str, ...] = ()
    """Empty: all that the builder of the image gets."""
    lock: str = ""
    """Empty: the lock of the project's packaging tool, if there is one."""
    gpus: int = 0
    cpus: float | None = None
    memory: str | None = None
    shm_size: str | None = None
    timeout: float | None = None
    """In seconds."""
    network: Network = "bridge"
    secrets: tuple[str, ...] = ()
    """Names of secrets that the command finds as files in /run/secrets."""
    branch: Command = ()
    """The thin training of branches; empty: `ci` trains nothing."""


@dataclass(frozen=True)
class Model:
    """A model that the project does not train: files of the commit, or an image from elsewhere."""

    paths: tuple[str, ...] = ()
    image: str = ""
    """`repository@sha256:...`, with the model in its folder `/bundle`."""
    secrets: tuple[str, ...] = ()
    """Names of secrets for what fetches the files."""

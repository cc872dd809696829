"""The deliverable of the kind `package`: wheels, built once and published last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.config.build import ImageBuild

if TYPE_CHECKING:
    from cicd.config.environments import Command


@dataclass(frozen=True)
class Index:
    """The package index to which Production publishes."""

    url: str
    """The simple index, where versions that exist are looked up."""
    publish_url: str
    """Where files are uploaded."""
    secret: str = ""
    """The name of the secret with the login: a token alone, or `user:password`; empty: uploads need no login."""


@dataclass(frozen=True)
class Package:
    """The packages of a project: how their wheels are built, proven and published."""

    name: str
    """The name of the deliverable."""
    paths: tuple[str, ...] = (".",)
    """Folders with a `pyproject.toml` or `setup.py`, below the project's directory."""
    build: ImageBuild = field(default_factory=ImageBuild)
    """The image that holds the wheels in `/wheels`; without a Dockerfile the kit writes one."""
    index: Index | None = None
    """None: nothing is published."""
    proof: Command = ()
    """What each environment of a project without service and job runs; empty: import every package."""
    timeout: float = 600
    """Seconds that the proof may take."""

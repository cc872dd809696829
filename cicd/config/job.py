"""The table `[job]`, and what stands for it in a project that delivers packages alone: a release that is run once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.config.build import ImageBuild

if TYPE_CHECKING:
    from cicd.config.environments import Command


@dataclass(frozen=True)
class Job:
    """What the release image runs, and how an environment proves that the release works there."""

    command: Command = ()
    """Empty: the `CMD` of the image."""
    sample: str = ""
    """A file or folder of the commit, for the proof; empty: the proof needs none."""
    proof: Command = ()
    """The command of the proof; empty: `command`."""
    timeout: float = 600
    """Seconds that the proof may take."""
    schedule: str = ""
    """When a cluster runs the job, as a cron expression."""


@dataclass(frozen=True)
class JobDeliverable:
    """A job beside the first service or job of a project."""

    name: str
    job: Job
    build: ImageBuild = field(default_factory=ImageBuild)
    """How its image is built; without a Dockerfile of its own it runs in the image of the first service or job."""

    @property
    def command(self) -> Command:
        """The command of the job."""
        return self.job.command

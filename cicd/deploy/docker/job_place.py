"""What one job of an environment has on one Docker engine: the containers of its proofs, the newest of which is held.

The container of a proof stays, stopped: its labels say what the environment holds, and it keeps the image.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cicd import labels, variables
from cicd.deploy.docker.release_containers import Releases
from cicd.deploy.target import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.config import Job
    from cicd.deploy.docker.site import Site
    from cicd.deploy.target import Running
    from cicd.oci.engine import Container

    Unpacked = Callable[[str, str], AbstractContextManager[Path]]

NETWORK = "bridge"
FOLDER = "/tmp"  # noqa: S108 -- in the container
SAMPLE, OUTPUT = "sample", "output"
"""The folders in it with the sample data, and for what the job leaves for the tests."""


@dataclass(frozen=True)
class JobPlace:
    """One job of one environment on one engine."""

    site: Site
    unpacked: Unpacked
    """Yields a path of a commit."""

    @property
    def job(self) -> Job:
        """The job."""
        assert self.site.config.job is not None  # noqa: S101 -- callers have asked
        return self.site.config.job

    @cached_property
    def releases(self) -> Releases:
        """The containers of the proofs."""
        site, values = self.site, {variables.ML_CICD_OUTPUT: f"{FOLDER}/{OUTPUT}"}
        if self.job.sample:
            values[variables.ML_CICD_SAMPLE] = f"{FOLDER}/{SAMPLE}"
        return Releases(
            site.client, site.name, NETWORK, site.environment, site.settings, site.labels_for(labels.SERVICE),
            command=self.job.proof or self.job.command, variables=values,
        )  # fmt: skip

    def observe(self) -> Running | None:
        """Return the release that was proven last; None for none."""
        held = self.held()
        return running_of(held[0]) if held else None

    def retained(self) -> list[Running]:
        """Return the releases that were proven before, newest first."""
        return [running_of(release) for release in self.held()[1:]]

    def held(self) -> list[Container]:
        """Return the containers of the proofs that passed, the newest first."""
        proofs = [release for release in self.releases.all() if release.name != self.releases.candidate]
        return sorted(proofs, key=lambda release: str(release.attrs["State"]["StartedAt"]), reverse=True)

    def proven(self) -> Container | None:
        """Return the container of the proof that is under way; None if there is none."""
        return next((release for release in self.releases.all() if release.name == self.releases.candidate), None)


def running_of(release: Container) -> Running:
    """Return what the container of a proof says of its release."""
    return running(release.labels[labels.RELEASE], release.labels[labels.COMMIT], release.labels)

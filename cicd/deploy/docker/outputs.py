"""What jobs leave for the tests of their release: a folder of each proof, copied into the container of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.deploy.docker.job_place import FOLDER, OUTPUT
from cicd.oci import folders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.deploy.docker.job_place import JobPlace
    from cicd.oci.engine import Container

NAME = "job-output"


def folders_of(places: Mapping[str, JobPlace]) -> dict[str, str]:
    """Return where the tests find what each job left whose proof is under way, by the name of the job."""
    return {name: f"{folders.PLACE}/{_name(name)}" for name, place in places.items() if place.proven()}


def put(places: Mapping[str, JobPlace], tests: Container) -> None:
    """Copy what each job left into the container of the tests.

    Raises:
        CheckFailedError: its image has no folder /tmp.

    """
    for name, place in places.items():
        if proven := place.proven():
            folders.copy(proven, f"{FOLDER}/{OUTPUT}", tests, _name(name))


def _name(job: str) -> str:
    return "-".join(filter(None, (NAME, job)))

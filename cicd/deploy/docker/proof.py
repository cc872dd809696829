"""Bringing one release to one job of an environment, as a list of steps: the job is run once as a proof, and held."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from cicd.deploy import secrets
from cicd.deploy.docker import release_containers
from cicd.deploy.docker.job_place import FOLDER, NETWORK, OUTPUT, SAMPLE
from cicd.deploy.docker.swap import Phase, Step
from cicd.errors import CheckFailedError, CicdError, UsageError
from cicd.oci import containers, images
from cicd.oci.errors import MissingError, engine_errors
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.deploy.docker.job_place import JobPlace
    from cicd.deploy.docker.site import Site
    from cicd.deploy.target import Order
    from cicd.oci.engine import Container


@dataclass
class Proof:
    """Bringing one release to one job of an environment."""

    place: JobPlace
    order: Order
    made: set[str] = field(default_factory=set, init=False)
    notice: str = field(default="", init=False)
    network: str = field(default=NETWORK, init=False)
    switching: bool = field(default=False, init=False)
    """Whether the environment holds the release."""
    _container: Container | None = field(default=None, init=False)

    @property
    def site(self) -> Site:
        """The site of the job, which has no proxy."""
        return self.place.site

    @property
    def container(self) -> Container:
        """The container of the proof."""
        assert self._container is not None  # noqa: S101 -- a step before created it
        return self._container

    def steps(self) -> list[Step]:
        """Return what is to be done, in order: a job is proven at each deployment.

        Raises:
            UsageError: the environment's secrets were not given.

        """
        secrets.required(self.site.environment)  # before anything is changed
        return [*self._bring_up(), *self._hold()]

    def take(self, step: Step) -> None:
        """Take a step."""
        with engine_errors(step.text):
            step.do()

    def inner_url(self) -> str:
        """Return the URL for the tests: a job has none."""
        return ""

    def undo(self) -> None:
        """Hold what was held before."""
        self.switching = False

    def take_away(self) -> None:
        """Remove the container of the proof, unless the environment holds it."""
        if self._container is None or self.switching:
            return
        try:
            containers.remove(self._container)
        except CicdError as error:  # what failed before is what people need to know
            say(error.message)

    def _bring_up(self) -> Iterator[Step]:
        place, releases = self.place, self.place.releases
        for leftover in [release for release in releases.all() if release.name == releases.candidate]:
            text = f"remove {leftover.name}, left by an interrupted deployment"
            yield Step("remove-leftover", text, partial(release_containers.remove, leftover))
        if not images.present(self.site.client, self.order.release):
            text = f"pull {self.order.release}"
            yield Step("pull", text, partial(images.pull, self.site.client, self.order.release))
        yield Step("create", f"create {releases.candidate} from {self.order.release}", self._create)
        words, job = " ".join(releases.command), place.job
        sample = f" on {job.sample}" if job.sample else ""
        yield Step("prove", f"run '{words}'{sample}, for up to {job.timeout:g} s", self._prove)

    def _hold(self) -> Iterator[Step]:
        name, most = self.site.environment.name, self.site.environment.retain
        text = f"rename it to {self.site.name}-<its id>: {name} holds it"
        yield Step("keep", text, self._keep, Phase.HOLD)
        for release in self.place.held()[most:]:
            text = f"remove {release.name}, older than the {most} retained releases"
            yield Step("prune", text, partial(release_containers.remove, release), Phase.AFTERWARDS)

    def _create(self) -> None:
        self._container = self.place.releases.create(self.order)
        sample = self.place.job.sample
        try:
            self._put_folders(sample)
        except MissingError as error:  # an image may lack the folder as long as the job needs no sample
            if sample:
                raise CheckFailedError(error.message, f"The image needs the folder {FOLDER}.") from error

    def _put_folders(self, sample: str) -> None:
        """Give the job its sample data, and a folder for what it leaves for the tests."""
        stream, output = io.BytesIO(), tarfile.TarInfo(OUTPUT)
        output.type, output.mode = tarfile.DIRTYPE, 0o777
        with tarfile.open(fileobj=stream, mode="w") as tar:
            tar.addfile(output)
            if sample:
                with self.place.unpacked(self.order.commit, sample) as path:
                    tar.add(path, SAMPLE, filter=_readable)
        with engine_errors(f"copy {sample or OUTPUT} to {FOLDER}", CheckFailedError):
            self.container.put_archive(FOLDER, stream.getvalue())

    def _prove(self) -> None:
        job, name = self.place.job, self.site.environment.name
        kept = f"{name} holds what it held before."
        with containers.time_limit(self.container, job.timeout) as late:
            try:
                ending = containers.run_to_end(self.container, self.order.release, self.place.releases.command)
            except UsageError as error:  # the release was created by now: that is a failed deployment
                raise CheckFailedError(f"{error.message} {kept}", error.hint) from error
        if late.is_set():
            raise CheckFailedError(
                f"The job did not end within {job.timeout:g} s. {kept}",
                "Give it less sample data, or more time in ml-cicd.toml: [job] timeout.",
            )
        if ending.exit_code:
            raise CheckFailedError(
                f"The job ended with {ending}. {kept}",
                ending.hint("Read its output above, and correct the cause in a new commit."),
            )

    def _keep(self) -> None:
        self.container.rename(self.place.releases.accepted_name(self.container))
        self.switching = True


def proofs(places: Mapping[str, JobPlace], order: Order) -> list[Proof]:
    """Return the proofs of those jobs of a release that stand beside its first service or job, by name."""
    images_of = {name: image for name, image in order.others.items() if name in places}
    return [Proof(places[name], replace(order, release=image, others={})) for name, image in images_of.items()]


def forget(place: JobPlace) -> list[Step]:
    """Return the step after which an environment holds nothing of a job; none if it holds nothing."""
    held = place.held()

    def remove() -> None:
        for release in held:
            release_containers.remove(release)

    text = f"forget {place.site.name}, which is no part of the release"
    return [Step("retire", text, remove, Phase.AFTERWARDS)] if held else []


def _readable(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member of the sample that every user may read."""
    member.uid = member.gid = 0
    member.mode = 0o755 if member.isdir() else 0o644
    return member

"""One deployment to a cluster, as a list of steps: what is planned is what is done.

The candidates of all services are healthy, each job has run, and all are tested before the first rollout. If a rollout
fails, the earlier ones are undone. The first service or job is rolled out and noted as healthy last: its release counts
as that of the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import yaml

from cicd import github
from cicd.deploy.kubernetes import cron_jobs, leftovers, manifests, objects, secret_objects
from cicd.deploy.kubernetes.job_part import JobPart
from cicd.deploy.kubernetes.kubectl_errors import ClusterError
from cicd.deploy.kubernetes.part import Part
from cicd.deploy.kubernetes.secret_objects import SecretObjects
from cicd.deploy.kubernetes.standard import standard
from cicd.deploy.target import FINISH, nothing
from cicd.errors import CicdError, UsageError
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.kubernetes.site import Site, Step
    from cicd.deploy.target import Accept, Finish, Order

    Source = Callable[[str, str], AbstractContextManager[Path]]

REFERRED_TO = ("ConfigMap", "Secret", "ServiceAccount", "PersistentVolumeClaim")
"""The kinds of objects without which a pod does not start."""
LEFT_OVER = "The release serves, but something is left over"


@dataclass
class Delivery:
    """Bringing one release to one environment."""

    site: Site
    """The site of the first service."""
    source: Source
    """Unpacks a folder of a commit: where the project's own manifests come from."""
    order: Order
    accept: Accept
    finish: Finish = nothing
    needed: list[Part | JobPart] = field(default_factory=list, init=False)
    """The services that do not run the release yet as they should, and all jobs."""

    def run(self) -> None:
        """Take all steps. A failure leaves the release that was healthy last.

        Raises:
            CheckFailedError: the new release is bad; the old one serves.
            UsageError: the manifests do not fit; nothing was changed.

        """
        steps = self.steps()
        try:
            carry_out(steps)
        except BaseException:
            self._give_up()
            raise
        if not self.needed:
            self._judge()
            self.finish()

    def steps(self) -> list[Step]:
        """Return what is to be done, in order; empty when the release runs already as it should.

        Raises:
            UsageError: the manifests do not fit, or the environment's secrets were not given.

        """
        missing = self.secrets.missing()
        clear = leftovers.removal(self.site, leftovers.interrupted(self.site))
        unused = leftovers.unused(self.site, [*self.secrets.needed, *self._wanted])
        retired = leftovers.retired(self.site, self.order.others)
        tidied = [
            *leftovers.removal(self.site, retired, "which is no part of the release", now=False),
            *leftovers.removal(self.site, unused),
        ]
        self.needed = needed = [part for part in self.parts if missing or not part.is_done()]
        if not needed:
            return [*clear, *tidied]
        rolling = sorted(needed, key=lambda part: part is self.parts[0])
        them = "it" if len(self.parts) == 1 else "them"
        write = partial(secret_objects.write, self.site)
        return [
            *clear,
            *((f"write {objects.names_of([new])}", partial(write, new)) for new in [*missing, *self._new()]),
            *(part.bring_up() for part in needed),
            *(part.prove() for part in needed),
            (f"run the tests of {self.site.environment.name} against {them}", self._judge),
            *((f"remove the pod {part.candidate}", part.remove_candidate) for part in needed),
            *(step for part in rolling for step in part.roll_out()),
            *([] if self.finish is nothing else [(FINISH, self.finish)]),
            *(part.settle() for part in rolling),
            *afterwards([*(step for part in rolling for step in part.leave()), *tidied]),
        ]

    @cached_property
    def secrets(self) -> SecretObjects:
        """The Secrets that the release needs."""
        return SecretObjects(self.site, self.order.release.partition("/")[0])

    @cached_property
    def interrupted(self) -> bool:
        """Whether an earlier deployment was interrupted, so that the services may run different releases."""
        return self.site.is_unsettled()

    @cached_property
    def parts(self) -> list[Part | JobPart]:
        """What is done for each service and job of the release, the first one first."""
        config, parts = self.site.config, list[Part | JobPart]()
        first = [] if config.job else [self.site]
        services = [*first, *(self.site.of(other) for other in config.others if other.name in self.order.others)]
        jobs = [self.site] if config.job else []
        jobs += [self.site.of(other) for other in config.jobs if other.name in self.order.others]
        for site, documents in zip(services, self._documents(services), strict=True):
            secret, minor, order = self.secrets.of_application, self.site.server.minor, self._order_of(site)
            wanted = manifests.released(documents, site.config, site.environment, order, secret=secret, minor=minor)
            known = self._known(site.rollouts.before(self._commit(parts)), parts)
            parts.append(Part(site, order, wanted, known))
        for site in jobs:
            parts.append(self._job(site, parts))
        self._check([manifest for part in parts for manifest in part.wanted])
        return parts

    def _order_of(self, site: Site) -> Order:
        image = self.order.others.get(site.config.deliverable, self.order.release)
        return replace(self.order, release=image, others={})

    def _job(self, site: Site, parts: Sequence[Part | JobPart]) -> JobPart:
        """Return what is done for a job; `parts` are those before it."""
        order, environment, secret = self._order_of(site), site.environment, self.secrets.of_application
        cron = cron_jobs.cron_job(site.config, environment, order, secret=secret, server=self.site.server)
        sample, path = None, cron_jobs.job_of(site.config).sample
        if path:
            with self.source(order.commit, path) as unpacked:
                sample = cron_jobs.sample_of(site.config, environment, unpacked)
        return JobPart(site, order, cron, self._known(site.cron_job_before(self._commit(parts)), parts), sample)

    def _known(self, before: Manifest | None, parts: Sequence[Part | JobPart]) -> Manifest | None:
        """Return what a service or job returns to; nothing, if no release of the first one was ever healthy."""
        return None if parts and self.interrupted and not self._commit(parts) else before

    @staticmethod
    def _commit(parts: Sequence[Part | JobPart]) -> str:
        """Return the commit that the first service or job returns to; empty for none."""
        return parts[0].commit_before if parts else ""

    @property
    def _wanted(self) -> list[Manifest]:
        """All objects of the release, as they are applied."""
        return [manifest for part in self.parts for manifest in part.wanted]

    def _documents(self, sites: Sequence[Site]) -> list[list[Manifest]]:
        """Return the objects of each service. What the project's own manifests share is the first one's."""
        folder = self.site.settings.manifests
        if not folder or not sites:
            return [standard(site.config, site.environment, site.settings, self.site.server) for site in sites]
        with self.source(self.order.commit, folder) as unpacked:
            documents = yaml.safe_load_all(self.site.kubectl.run("kustomize", str(unpacked)))
            shared = [document for document in documents if document]
        deployments = [manifests.deployment_of(shared, site.config) for site in sites]
        shared = [document for document in shared if document not in deployments[1:]]
        return [shared, *([deployment] for deployment in deployments[1:])]

    def _check(self, wanted: list[Manifest]) -> None:
        """Raise for objects that the cluster refuses; those of a new namespace can't be checked."""
        site = self.site
        if site.namespace_steps():
            return
        try:
            site.kubectl.apply(wanted, check=True)
        except ClusterError as error:
            folder = site.settings.manifests
            hint = f"Correct the manifests in {folder}." if folder else "Check the environment's keys in ml-cicd.toml."
            raise UsageError(f"The cluster refuses the manifests: {error.message}", hint) from error

    def _new(self) -> list[Manifest]:
        """Return the objects of the release that its pods refer to, and that the namespace does not have yet.

        kustomize names a generated ConfigMap after its content, so the candidate needs it before the rollout.
        """
        needed = [manifest for manifest in self._wanted if manifest["kind"] in REFERRED_TO]
        if not needed or self.site.namespace_steps():
            return needed
        existing = set(self.site.kubectl.existing(needed))
        return [manifest for manifest in needed if (manifest["kind"], objects.name_of(manifest)) not in existing]

    def _judge(self) -> None:
        """Test the release as a whole: its candidates, and the pods that run the release already."""
        self.accept(*self.parts[0].tested())
        for part in self.needed:
            part.check_candidate()

    def _give_up(self) -> None:
        """Return to the release that was healthy last, and leave nothing of the one that failed but its log."""
        done = bool(self.needed) and all(part.settled for part in self.needed)
        for part in self.parts:
            try:
                part.take_candidate_away()
                if not done:
                    part.give_back(healthy_too=self.interrupted)
            except CicdError as error:  # what failed before is what people need to know
                say(error.message)


def carry_out(steps: list[Step]) -> None:
    """Take steps, and print each one before it is taken."""
    for text, do in steps:
        say(text)
        do()


def afterwards(steps: list[Step]) -> list[Step]:
    """Return the same steps after a deployment that succeeded: if one fails, something is left over, and no more."""

    def attempt(do: Callable[[], None]) -> None:
        try:
            do()
        except CicdError as error:
            github.annotate("warning", f"{error.message} The next deployment does it.", title=LEFT_OVER)

    return [(text, partial(attempt, do)) for text, do in steps]

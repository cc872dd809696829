"""One deployment to a cluster, as a list of steps: what is planned is what is done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import yaml

from cicd import failpoints, labels
from cicd.deploy import secrets
from cicd.deploy.kubernetes import manifests, objects, pods
from cicd.deploy.kubernetes.kubectl import ClusterError
from cicd.deploy.kubernetes.standard import standard
from cicd.errors import UsageError
from cicd.oci import logins
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.kubernetes.site import Site, Step
    from cicd.deploy.target import Accept, Order

    Source = Callable[[str, str], AbstractContextManager[Path]]


@dataclass(frozen=True)
class Delivery:
    """Bringing one release to one environment."""

    site: Site
    source: Source
    """Unpacks a folder of a commit: where the project's own manifests come from."""
    order: Order
    accept: Accept

    def run(self) -> None:
        """Take all steps. A failure leaves the release that was healthy last.

        Raises:
            CheckFailedError: the new release is bad; the old one serves.
            UsageError: the manifests do not fit; nothing was changed.

        """
        before, steps = self.site.rollouts.before(), self.steps()
        try:
            carry_out(steps)
        except BaseException:
            self._give_up(before)
            raise
        if not any(do == self._judge for _, do in steps):
            self._judge_again()

    def steps(self) -> list[Step]:
        """Return what is to be done, in order; empty when the release runs already as it should.

        Raises:
            UsageError: the manifests do not fit, or the environment's secrets were not given.

        """
        rollouts, wanted = self.site.rollouts, self._wanted
        running, leftovers = rollouts.deployment(), self._leftovers()
        seconds, digest = self.site.environment.health_timeout, self.order.digest
        remove: list[Step] = [(f"remove {_names(leftovers)}, which nothing uses", partial(self._remove, leftovers))]
        if running and rollouts.is_done(running, self._deployment):
            return remove if leftovers else []
        return [
            *(remove if leftovers else []),
            *((f"write {_names([secret])}", partial(self._write, secret)) for secret in self._missing_secrets()),
            (f"start the pod {self._candidate} with {self.order.release}; no Service selects it", self._start),
            (
                f"wait until it is healthy as {digest}, at most {seconds:g} s; run the tests against it; remove it",
                self._judge,
            ),
            (f"apply {_names(wanted)}", partial(rollouts.apply, wanted)),
            (f"wait until every pod is healthy as {digest}, at most {seconds:g} s", rollouts.wait),
            (f"note in the Deployment that {self.order.release} was healthy", rollouts.settle),
        ]

    @property
    def _candidate(self) -> str:
        return objects.candidate_name(self.site.config)

    @property
    def _deployment(self) -> Manifest:
        return manifests.deployment_of(self._wanted, self.site.config)

    @cached_property
    def _wanted(self) -> list[Manifest]:
        """All objects of the release, as they are applied."""
        site = self.site
        if folder := site.settings.manifests:
            with self.source(self.order.commit, folder) as unpacked:
                documents = yaml.safe_load_all(site.kubectl.run("kustomize", str(unpacked)))
                plain = [document for document in documents if document]
        else:
            plain = standard(site.config, site.environment, site.settings, site.server)
        app = next((secret["metadata"]["name"] for secret in self._secrets if secret["type"] == "Opaque"), "")
        wanted = manifests.released(plain, site.config, site.environment, self.order, app)
        if not site.namespace_steps():
            try:
                site.kubectl.apply(wanted, check=True)
            except ClusterError as error:
                hint = (
                    f"Correct the manifests in {folder}." if folder else "Check the environment's keys in ml-cicd.toml."
                )
                raise UsageError(f"The cluster refuses the manifests: {error.message}", hint) from error
        return wanted

    @cached_property
    def _secrets(self) -> list[Manifest]:
        """The Secrets that the release needs: the pull secret, and the environment's secrets."""
        site = self.site
        values, host = secrets.required(site.environment), self.order.release.partition("/")[0]
        needed = []
        if login := logins.lasting_credentials(host):
            needed.append(objects.pull_secret(site.config, site.environment, host, *login))
        return needed + ([objects.app_secret(site.config, site.environment, values)] if values else [])

    def _missing_secrets(self) -> list[Manifest]:
        """Return the needed Secrets that the namespace does not have with this content."""
        existing = {name: self.site.kubectl.get("secret", name) for name in map(_name, self._secrets)}
        return [secret for secret in self._secrets if (existing[_name(secret)] or {}).get("data") != secret["data"]]

    def _write(self, secret: Manifest) -> None:
        with failpoints.change("kubernetes.write-secret"):
            self.site.kubectl.apply([secret])

    def _leftovers(self) -> list[Manifest]:
        """Return what an interrupted deployment left, and the environment's Secrets that no release uses any more."""
        kubectl = self.site.kubectl
        marks = f"{labels.PROJECT}={self.site.config.name},{labels.ENVIRONMENT}={self.site.environment.name}"
        left = kubectl.list("pod", f"{marks},{labels.ROLE}!={labels.SERVICE}")
        replica_sets = kubectl.list("replicaset", marks)
        used = json.dumps([*replica_sets, *self._secrets])
        existing = kubectl.list("secret", marks)
        return left + [secret for secret in existing if secret["type"] == "Opaque" and _name(secret) not in used]

    def _remove(self, leftovers: list[Manifest]) -> None:
        for leftover in leftovers:
            with failpoints.change("kubernetes.remove-leftover"):
                self.site.kubectl.delete(leftover["kind"], _name(leftover), now=True)

    def _start(self) -> None:
        with failpoints.change("kubernetes.start-candidate"):
            pod = manifests.candidate(self._deployment, self.site.config, self.site.environment)
            self.site.kubectl.create(pod)

    def _judge(self) -> None:
        site = self.site
        pod = pods.wait(site.kubectl, self._candidate, site.config, self.order.digest, site.environment.health_timeout)
        self.accept(site.inner_url(pod), "")
        self._remove_candidate()

    def _judge_again(self) -> None:
        """Test the release that runs already."""
        rollouts = self.site.rollouts
        if deployment := rollouts.deployment():
            self.accept(self.site.inner_url(rollouts.pods(deployment)[0]), "")

    def _remove_candidate(self) -> None:
        with failpoints.change("kubernetes.remove-candidate"):
            self.site.kubectl.delete("pod", self._candidate, now=True)

    def _give_up(self, before: Manifest | None) -> None:
        """Return to the release that was healthy last, and leave nothing of the one that failed but its log."""
        kubectl, name = self.site.kubectl, self._candidate
        if kubectl.get("pod", name):
            say(f"The last lines of {name}, which is removed:\n{pods.log(kubectl, name)}")
            self._remove_candidate()
        if done := self.site.rollouts.give_back(before, self._deployment):
            say(done)


def carry_out(steps: list[Step]) -> None:
    """Take steps, and print each one before it is taken."""
    for text, do in steps:
        say(text)
        do()


def _name(manifest: Manifest) -> str:
    return str(manifest["metadata"]["name"])


def _names(manifests: list[Manifest]) -> str:
    return ", ".join(f"{manifest['kind']} {_name(manifest)}" for manifest in manifests)

"""The Deployment that carries an environment's releases: what it runs, what it ran, and bringing it to another.

Its annotations say which release it carries; those of its ReplicaSets, which the cluster copies from them, say which
ones came before. `ml-cicd.settled` is "false" from the moment a release is applied until every one of its pods was
healthy: what was interrupted in between is never a release to return to.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import failpoints, labels
from cicd.deploy.kubernetes import manifests, pods
from cicd.deploy.kubernetes.kubectl import MANAGER, TIMEOUT, ClusterError, Kubectl
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.oci.reference import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Manifest

POLL = 0.3
SECONDS_TO_SETTLE = 20
TOO_LATE = "exceeded its progress deadline"
REVISION = "deployment.kubernetes.io/revision"


@dataclass(frozen=True)
class Rollouts:
    """The Deployment of one environment."""

    config: Config
    environment: Environment
    kubectl: Kubectl

    def deployment(self) -> Manifest | None:
        """The Deployment as it is; None when there is none.

        Raises:
            RefusedError: it is that of another environment.

        """
        found = self.kubectl.get("deployment", self.config.name)
        owner = (found["metadata"].get("labels") or {}).get(labels.ENVIRONMENT, "") if found else ""
        if owner not in ("", self.environment.name):
            raise RefusedError(
                f"The namespace {self.kubectl.namespace} carries {self.config.name} for {owner}.",
                f"Give {self.environment.name} a namespace of its own in ml-cicd.toml.",
            )
        return found

    def release(self, deployment: Manifest) -> str:
        """The image that it runs, which is the release unless somebody changed it by hand."""
        return str(manifests.main_container(deployment["spec"]["template"]["spec"], self.config)["image"])

    def history(self, deployment: Manifest) -> list[Manifest]:
        """The ReplicaSets of releases that were healthy, newest first; the one that runs is among them."""
        found = self.kubectl.list("replicaset", _selector(deployment["spec"]["selector"]["matchLabels"]))
        settled = [one for one in found if told(one).get(labels.RELEASE) and told(one).get(labels.SETTLED) == "true"]
        return sorted(settled, key=lambda one: -int(told(one)[REVISION]))

    def before(self) -> Manifest | None:
        """The ReplicaSet to return to if the next release fails; None when nothing ever was healthy."""
        deployment = self.deployment()
        found = self.history(deployment) if deployment else []
        return found[0] if found else None

    def problem(self, deployment: Manifest) -> str:
        """Why the Deployment is not healthy as the release that it names; empty when every one of its pods is."""
        spec, status = deployment["spec"], deployment.get("status", {})
        asked = spec.get("replicas", 1)
        if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
            return "the cluster has not taken up the last change yet"
        if status.get("updatedReplicas", 0) < asked or status.get("replicas", 0) > status.get("updatedReplicas", 0):
            return f"its rollout is not finished: {status.get('updatedReplicas', 0)} of {asked} pods are new"
        if status.get("availableReplicas", 0) < asked:
            return f"{status.get('availableReplicas', 0)} of {asked} pods are ready"
        image = self.release(deployment)
        try:
            digest = digest_of(image)
        except UsageError:  # somebody changed the image by hand
            return f"its image {image} is not named by digest"
        ill = (pods.problem(self.kubectl, pod, self.config, digest) for pod in self.pods(deployment))
        return next((problem for problem in ill if problem), "")

    def pods(self, deployment: Manifest) -> list[Manifest]:
        """Its pods that are ready to serve."""
        found = self.kubectl.list("pod", _selector(deployment["spec"]["selector"]["matchLabels"]))
        return [pod for pod in found if _is_ready(pod)]

    def is_done(self, found: Manifest, wanted: Manifest) -> bool:
        """Whether a Deployment is already as it is wanted, noted as healthy, and healthy."""
        asked = told(wanted)
        same = self.release(found) == asked[labels.RELEASE] and told(found).get(labels.CONTENT) == asked[labels.CONTENT]
        return same and told(found).get(labels.SETTLED) == "true" and not self.problem(found)

    def apply(self, wanted: Sequence[Manifest]) -> None:
        """Have the cluster roll the release out."""
        with failpoints.change("kubernetes.apply"):
            self.kubectl.apply(wanted)

    def wait(self) -> None:
        """Wait for the rollout.

        Raises:
            CheckFailedError: a new pod is not ready within the health timeout, or not healthy.

        """
        end = time.monotonic() + self.environment.health_timeout
        while True:
            left = max(0.1, end - time.monotonic())
            rollout = ["rollout", "status", f"deployment/{self.config.name}", f"--timeout={left:.1f}s"]
            try:
                self.kubectl.run(*rollout, timeout=left + TIMEOUT)
                break
            except ClusterError as error:
                # The verdict on a rollout that failed before stays until this one takes its first step: the cluster's
                # controller clears it for a ReplicaSet that it makes, not for one that it finds.
                if TOO_LATE not in error.message or time.monotonic() > end:
                    said = f"The rollout failed: {error.message}; the old release still serves."
                    raise CheckFailedError(said) from error
            time.sleep(POLL)
        deployment = self.deployment()
        if problem := self.problem(deployment) if deployment else "the Deployment is gone":
            raise CheckFailedError(f"The rollout failed: {problem}.")

    def settle(self) -> None:
        """Note that the release was healthy, and wait until its ReplicaSet has the note too."""
        name = f"deployment/{self.config.name}"
        with failpoints.change("kubernetes.settle"):
            self.kubectl.run("annotate", name, f"{labels.SETTLED}=true", "--overwrite", f"--field-manager={MANAGER}")
        end = time.monotonic() + SECONDS_TO_SETTLE
        while time.monotonic() < end:
            deployment = self.deployment()
            noted = [told(one)[REVISION] for one in self.history(deployment)] if deployment else []
            if deployment and told(deployment).get(REVISION) in noted:
                return
            time.sleep(POLL)
        raise CheckFailedError("The cluster does not copy the Deployment's annotations to its ReplicaSet.")

    def give_back(self, before: Manifest | None, wanted: Manifest) -> str:
        """Return to `before` if a release was applied that never was healthy. Returns what was done, for people.

        This is `kubectl rollout undo`, but by the field manager that applies: what `undo` restores belongs to another
        one, and could not be removed by any later release.
        """
        deployment = self.deployment()
        if deployment is None or told(deployment).get(labels.SETTLED) != "false":
            return ""
        if before is None:
            with failpoints.change("kubernetes.remove-deployment"):
                self.kubectl.delete("deployment", self.config.name)
            return f"removed the Deployment {self.config.name}: there is no release to return to"
        with failpoints.change("kubernetes.undo"):
            self.kubectl.apply([manifests.returned(wanted, before)])
        self.wait()
        return f"returned to {told(before)[labels.RELEASE]}"


def told(manifest: Manifest) -> dict[str, str]:
    """The annotations of an object."""
    return manifest["metadata"].get("annotations") or {}


def _selector(labels: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in labels.items())


def _is_ready(pod: Manifest) -> bool:
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))
    return ready and "deletionTimestamp" not in pod["metadata"]

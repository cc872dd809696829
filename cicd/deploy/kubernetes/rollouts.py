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
from cicd.deploy.kubernetes.objects import annotations_of
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
        """Return the Deployment as it is; None when there is none.

        Raises:
            RefusedError: the Deployment belongs to another environment.

        """
        deployment = self.kubectl.get("deployment", self.config.name)
        if deployment is None:
            return None
        owner = (deployment["metadata"].get("labels") or {}).get(labels.ENVIRONMENT, "")
        if owner not in ("", self.environment.name):
            raise RefusedError(
                f"The Deployment {self.config.name} in the namespace {self.kubectl.namespace} "
                f"carries the environment {owner}.",
                f"Set another `namespace` for {self.environment.name} in ml-cicd.toml.",
            )
        return deployment

    def release(self, deployment: Manifest) -> str:
        """Return the image that the Deployment runs: the release, unless somebody changed the image by hand."""
        return str(manifests.main_container(deployment["spec"]["template"]["spec"], self.config)["image"])

    def history(self, deployment: Manifest) -> list[Manifest]:
        """Return the ReplicaSets of releases that were healthy, newest first; the one that runs is among them."""
        selector = _selector(deployment["spec"]["selector"]["matchLabels"])
        settled = []
        for replica_set in self.kubectl.list("replicaset", selector):
            annotations = annotations_of(replica_set)
            if annotations.get(labels.RELEASE) and annotations.get(labels.SETTLED) == "true":
                settled.append(replica_set)
        return sorted(settled, key=lambda replica_set: -int(annotations_of(replica_set)[REVISION]))

    def before(self) -> Manifest | None:
        """Return the ReplicaSet to return to if the next release fails; None when no release ever was healthy."""
        deployment = self.deployment()
        history = self.history(deployment) if deployment else []
        return history[0] if history else None

    def problem(self, deployment: Manifest) -> str:
        """Return why the Deployment is not healthy as the release that it names; empty when every pod is."""
        spec, status = deployment["spec"], deployment.get("status", {})
        wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
        if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
            return "the cluster has not taken up the last change yet"
        if updated < wanted or status.get("replicas", 0) > updated:
            return f"its rollout is not finished: {updated} of {wanted} pods are new"
        if status.get("availableReplicas", 0) < wanted:
            return f"{status.get('availableReplicas', 0)} of {wanted} pods are ready"
        image = self.release(deployment)
        try:
            digest = digest_of(image)
        except UsageError:  # somebody changed the image by hand
            return f"its image {image} is not named by digest"
        problems = (pods.problem(self.kubectl, pod, self.config, digest) for pod in self.pods(deployment))
        return next((problem for problem in problems if problem), "")

    def pods(self, deployment: Manifest) -> list[Manifest]:
        """Return the Deployment's pods that are ready to serve."""
        selector = _selector(deployment["spec"]["selector"]["matchLabels"])
        return [pod for pod in self.kubectl.list("pod", selector) if _is_ready(pod)]

    def is_done(self, deployment: Manifest, wanted: Manifest) -> bool:
        """Return whether a Deployment is already as wanted, noted as healthy, and healthy."""
        actual, target = annotations_of(deployment), annotations_of(wanted)
        if self.release(deployment) != target[labels.RELEASE] or actual.get(labels.CONTENT) != target[labels.CONTENT]:
            return False
        return actual.get(labels.SETTLED) == "true" and not self.problem(deployment)

    def apply(self, wanted: Sequence[Manifest]) -> None:
        """Have the cluster roll the release out."""
        with failpoints.change("kubernetes.apply"):
            self.kubectl.apply(wanted)

    def wait(self) -> None:
        """Wait until the rollout is finished and every pod is healthy.

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
                    message = f"The rollout failed: {error.message}; the old release still serves."
                    raise CheckFailedError(message, self._events) from error
            time.sleep(POLL)
        deployment = self.deployment()
        if problem := self.problem(deployment) if deployment else "the Deployment is gone":
            raise CheckFailedError(f"The rollout failed: {problem}.", self._events)

    @property
    def _events(self) -> str:
        return f"The events name the cause: kubectl --namespace {self.kubectl.namespace} get events"

    def settle(self) -> None:
        """Note that the release was healthy, and wait until its ReplicaSet has the note too.

        Raises:
            CheckFailedError: the cluster does not copy the note.

        """
        name = f"deployment/{self.config.name}"
        with failpoints.change("kubernetes.settle"):
            self.kubectl.run("annotate", name, f"{labels.SETTLED}=true", "--overwrite", f"--field-manager={MANAGER}")
        end = time.monotonic() + SECONDS_TO_SETTLE
        while time.monotonic() < end:
            deployment = self.deployment()
            history = self.history(deployment) if deployment else []
            settled = [annotations_of(replica_set)[REVISION] for replica_set in history]
            if deployment and annotations_of(deployment).get(REVISION) in settled:
                return
            time.sleep(POLL)
        raise CheckFailedError(
            "The cluster does not copy the Deployment's annotations to its ReplicaSet.",
            "Check that the cluster's controller manager runs, then run the deployment again.",
        )

    def give_back(self, before: Manifest | None, wanted: Manifest) -> str:
        """Return to `before` if a release was applied that never was healthy. Return what was done, for people.

        This is `kubectl rollout undo`, but by the field manager that applies: what `undo` restores belongs to another
        one, and could not be removed by any later release.
        """
        deployment = self.deployment()
        if deployment is None or annotations_of(deployment).get(labels.SETTLED) != "false":
            return ""
        if before is None:
            with failpoints.change("kubernetes.remove-deployment"):
                self.kubectl.delete("deployment", self.config.name)
            return f"removed the Deployment {self.config.name}: there is no release to return to"
        with failpoints.change("kubernetes.undo"):
            self.kubectl.apply([manifests.returned(wanted, before)])
        self.wait()
        return f"returned to {annotations_of(before)[labels.RELEASE]}"


def _selector(labels: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in labels.items())


def _is_ready(pod: Manifest) -> bool:
    conditions = pod["status"].get("conditions", [])
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]

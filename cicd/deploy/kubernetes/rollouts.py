"""The Deployment that carries the releases of a service: what it runs, what it ran, and bringing it to another.

Its annotations say which release it carries; those of its ReplicaSets, which the cluster copies from them, say which
ones came before. `ml-cicd.settled` is "false" from the moment a release is applied until every one of its pods was
healthy: what was interrupted in between is never a release to return to.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import failpoints, labels
from cicd.deploy.kubernetes import manifests, pods, stopping
from cicd.deploy.kubernetes.kubectl import MANAGER, TIMEOUT, Kubectl
from cicd.deploy.kubernetes.kubectl_errors import ClusterError
from cicd.deploy.kubernetes.objects import annotations_of, check_owner, failpoint
from cicd.errors import CheckFailedError, UsageError
from cicd.oci.reference import digest_of
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Manifest

SECONDS_TO_SETTLE = 20
SECONDS_TO_TELL = 10
"""How long a node may take to say that a pod has stopped."""
TOO_LATE = "exceeded its progress deadline"
REVISION = "deployment.kubernetes.io/revision"


@dataclass(frozen=True)
class Rollouts:
    """The Deployment of one service of an environment."""

    config: Config
    environment: Environment
    kubectl: Kubectl

    @property
    def name(self) -> str:
        """The name of the Deployment."""
        return self.config.service_name

    def deployment(self) -> Manifest | None:
        """Return the Deployment as it is; None when there is none.

        Raises:
            RefusedError: the Deployment belongs to another environment or project.

        """
        deployment = self.kubectl.get("deployment", self.name)
        if deployment is None:
            return None
        check_owner(deployment, self.config, self.environment, self.kubectl.namespace)
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
        return sorted(settled, key=lambda replica_set: -int(annotations_of(replica_set).get(REVISION, 0)))

    def before(self, commit: str = "") -> Manifest | None:
        """Return the ReplicaSet to return to if the next release fails; None when no release ever was healthy.

        That is the newest one, or the newest one of a commit, if the Deployment ran that.
        """
        deployment = self.deployment()
        history = self.history(deployment) if deployment else []
        of_commit = (past for past in history if annotations_of(past).get(labels.COMMIT) == commit)
        return next(of_commit, history[0] if history else None)

    def problem(self, deployment: Manifest) -> str:
        """Return why the Deployment is not healthy as the release that it names; empty when every pod is."""
        return self._missing(deployment) or self._unhealthy(deployment)

    @staticmethod
    def _missing(deployment: Manifest) -> str:
        """Return why not all pods of the Deployment are there and ready; empty if they are."""
        spec, status = deployment["spec"], deployment.get("status", {})
        wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
        if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
            return "the cluster has not taken up the last change yet"
        if updated < wanted or status.get("replicas", 0) > updated:
            return f"its rollout is not finished: {updated} of {wanted} pods are new"
        if status.get("availableReplicas", 0) < wanted:
            return f"{status.get('availableReplicas', 0)} of {wanted} pods are ready"
        return ""

    def _unhealthy(self, deployment: Manifest) -> str:
        """Return why a pod of the Deployment is not healthy as its release; empty if all are."""
        image = self.release(deployment)
        try:
            digest = digest_of(image)
        except UsageError:  # somebody changed the image by hand
            return f"its image {image} is not named by digest"
        problems = (pods.problem(self.kubectl, pod, self.config, digest) for pod in self.pods(deployment))
        return next((problem for problem in problems if problem), "")

    def wait_for_leaving(self) -> None:
        """Wait until the pods of the release before have stopped: until then they may still answer some users.

        Returns after `seconds_to_leave` in any case, and names the pods that have not stopped: a lost node's pods
        never do.
        """
        deployment = self.deployment()
        if deployment is None:
            return
        selector = _selector(deployment["spec"]["selector"]["matchLabels"])
        end = time.monotonic() + self.seconds_to_leave(deployment)
        while leaving := [
            pod for pod in self.kubectl.list("pod", selector) if pods.is_leaving(pod) and not pods.has_stopped(pod)
        ]:
            if time.monotonic() > end:
                names = ", ".join(pod["metadata"]["name"] for pod in leaving)
                say(f"These pods have not stopped in time, and may still answer on connections that are open: {names}")
                return
            time.sleep(pods.POLL)

    def seconds_to_leave(self, deployment: Manifest) -> float:
        """Return how long the pods of the Deployment may take to stop."""
        grace = deployment["spec"]["template"]["spec"].get("terminationGracePeriodSeconds", stopping.GRACE)
        return float(grace) + SECONDS_TO_TELL

    def pods(self, deployment: Manifest) -> list[Manifest]:
        """Return the Deployment's pods that are ready to serve."""
        selector = _selector(deployment["spec"]["selector"]["matchLabels"])
        return [pod for pod in self.kubectl.list("pod", selector) if pods.is_ready(pod)]

    def is_done(self, deployment: Manifest, wanted: Manifest) -> bool:
        """Return whether a Deployment is already as wanted, noted as healthy, and healthy."""
        actual, target = annotations_of(deployment), annotations_of(wanted)
        if self.release(deployment) != target[labels.RELEASE] or actual.get(labels.CONTENT) != target[labels.CONTENT]:
            return False
        return actual.get(labels.SETTLED) == "true" and not self.problem(deployment)

    def apply(self, wanted: Sequence[Manifest]) -> None:
        """Have the cluster roll the release out."""
        with failpoints.change(failpoint("apply", self.config)):
            self.kubectl.apply(wanted)

    def wait(self) -> None:
        """Wait until the rollout is finished and every pod is healthy.

        Raises:
            CheckFailedError: a new pod is not ready within the health timeout, or not healthy.

        """
        end = time.monotonic() + self.environment.health_timeout
        while True:
            left = max(0.1, end - time.monotonic())
            rollout = ["rollout", "status", f"deployment/{self.name}", f"--timeout={left:.1f}s"]
            try:
                self.kubectl.run(*rollout, timeout=left + TIMEOUT)
                break
            except ClusterError as error:
                # The verdict on a rollout that failed before stays until this one takes its first step: the cluster's
                # controller clears it for a ReplicaSet that it makes, not for one that it finds.
                if TOO_LATE not in error.message or time.monotonic() > end:
                    message = f"The rollout failed: {error.message}; the old release still serves."
                    raise CheckFailedError(message, self._events) from error
            time.sleep(pods.POLL)
        self._wait_for_health(end)

    def _wait_for_health(self, end: float) -> None:
        """Wait until every pod of the finished rollout is healthy.

        Raises:
            CheckFailedError: a pod is not healthy when asked twice, or pods are missing for longer than until `end`.

        """
        before = ""
        while deployment := self.deployment():
            missing = self._missing(deployment)  # a pod may just have been moved to another node
            problem = missing or self._unhealthy(deployment)
            if not problem:
                return
            if time.monotonic() > end if missing else problem == before:
                raise CheckFailedError(f"The rollout failed: {problem}; the old release still serves.", self._events)
            before = problem
            time.sleep(pods.POLL)
        raise CheckFailedError("The rollout failed: the Deployment is gone.", self._events)

    @property
    def _events(self) -> str:
        return f"The events name the cause: kubectl --namespace {self.kubectl.namespace} get events"

    def settle(self) -> None:
        """Note that the release was healthy, and wait until its ReplicaSet has the note too.

        Raises:
            CheckFailedError: the cluster does not copy the note.

        """
        name = f"deployment/{self.name}"
        with failpoints.change(failpoint("settle", self.config)):
            self.kubectl.run("annotate", name, f"{labels.SETTLED}=true", "--overwrite", f"--field-manager={MANAGER}")
        end = time.monotonic() + SECONDS_TO_SETTLE
        while time.monotonic() < end:
            deployment = self.deployment()
            history = self.history(deployment) if deployment else []
            settled = [annotations_of(replica_set)[REVISION] for replica_set in history]
            if deployment and annotations_of(deployment).get(REVISION) in settled:
                return
            time.sleep(pods.POLL)
        raise CheckFailedError(
            "The cluster does not copy the Deployment's annotations to its ReplicaSet.",
            "Check that the cluster's controller manager runs, then run the deployment again.",
        )

    def give_back(self, before: Manifest | None, wanted: Manifest, *, healthy_too: bool = False) -> str:
        """Return to `before` if a release was applied that never was healthy. Return what was done, for people.

        With `healthy_too` a release gives way that was healthy, as one does whose other services were not.

        This is `kubectl rollout undo`, but by the field manager that applies: what `undo` restores belongs to another
        one, and could not be removed by any later release.
        """
        deployment = self.deployment()
        if deployment is None or self._may_stay(deployment, before, healthy_too=healthy_too):
            return ""
        if before is None:
            with failpoints.change(failpoint("remove-deployment", self.config)):
                self.kubectl.delete("deployment", self.name)
            return f"removed the Deployment {self.name}: there is no release to return to"
        with failpoints.change(failpoint("undo", self.config)):
            self.kubectl.apply([manifests.returned(wanted, before)])
        self.wait()
        self.wait_for_leaving()
        return f"returned to {annotations_of(before)[labels.RELEASE]}"

    def _may_stay(self, deployment: Manifest, before: Manifest | None, *, healthy_too: bool) -> bool:
        """Return whether the Deployment carries a release that need not give way to `before`."""
        annotations = annotations_of(deployment)
        if annotations.get(labels.SETTLED) == "false":
            return False
        same = before and annotations_of(before).get(labels.CONTENT) == annotations.get(labels.CONTENT)
        return not healthy_too or bool(same)


def _selector(labels: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in labels.items())

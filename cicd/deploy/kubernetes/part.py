"""What a deployment does for one service: its candidate pod, its rollout, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import failpoints, labels
from cicd.deploy.kubernetes import manifests, objects, pods
from cicd.errors import CheckFailedError
from cicd.text import say

if TYPE_CHECKING:
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.kubernetes.rollouts import Rollouts
    from cicd.deploy.kubernetes.site import Site, Step
    from cicd.deploy.target import Order


@dataclass
class Part:
    """The deployment of one service of a release to an environment."""

    site: Site
    order: Order
    wanted: list[Manifest]
    """All objects of the service, as they are applied."""
    before: Manifest | None
    """The ReplicaSet to return to; None for none."""
    rolled: bool = field(default=False, init=False)
    """Whether the rollout was begun."""
    settled: bool = field(default=False, init=False)
    """Whether the release was noted as healthy."""
    _proven: Manifest | None = field(default=None, init=False)
    """The candidate pod, once it was healthy."""

    @property
    def rollouts(self) -> Rollouts:
        """The Deployment of the service."""
        return self.site.rollouts

    @property
    def deployment(self) -> Manifest:
        """The Deployment as it is applied."""
        return manifests.deployment_of(self.wanted, self.site.config)

    @property
    def commit_before(self) -> str:
        """The commit of the release to return to; empty for none."""
        return objects.annotations_of(self.before).get(labels.COMMIT, "") if self.before else ""

    @property
    def candidate(self) -> str:
        """The name of the candidate pod."""
        return objects.candidate_name(self.site.config)

    def is_done(self) -> bool:
        """Return whether the service runs the release already as it should, with every object of it."""
        running = self.rollouts.deployment()
        if running is None or not self.rollouts.is_done(running, self.deployment):
            return False
        existing = set(self.site.kubectl.existing(self.wanted))
        return all((manifest["kind"], objects.name_of(manifest)) in existing for manifest in self.wanted)

    def bring_up(self) -> Step:
        """Return the step that starts the candidate."""
        return f"start the pod {self.candidate} with {self.order.release}; no Service selects it", self._start

    def prove(self) -> Step:
        """Return the step that waits for the candidate."""
        seconds = self.site.environment.health_timeout
        return f"wait until {self.candidate} is healthy as {self.order.digest}, at most {seconds:g} s", self._prove

    def roll_out(self) -> list[Step]:
        """Return the steps that bring the release to the users of the service."""
        seconds = self.site.environment.health_timeout
        text = f"wait until every pod is healthy as {self.order.digest}, at most {seconds:g} s"
        return [(f"apply {objects.names_of(self.wanted)}", self._apply), (text, self.rollouts.wait)]

    def settle(self) -> Step:
        """Return the step that notes the release as one to return to."""
        text = f"note in the Deployment {self.rollouts.name} that {self.order.release} was healthy"
        return text, self._settle

    def leave(self) -> list[Step]:
        """Return the step that waits for the end of the release before."""
        seconds = self.rollouts.seconds_to_leave(self.deployment)
        text = f"wait until the old pods of {self.rollouts.name} have stopped, at most {seconds:g} s"
        return [(text, self.rollouts.wait_for_leaving)]

    def tested(self) -> tuple[str, str]:
        """Return URL and address for the tests: of the candidate, or else of a pod that serves already.

        Raises:
            CheckFailedError: no pod is ready.

        """
        if pod := self._proven or self.site.judged():
            return self.site.inner_url(pod), pod["status"]["podIP"]
        raise CheckFailedError(f"No pod of {self.rollouts.name} is ready.", pods.AGAIN)

    def check_candidate(self) -> None:
        """Raise unless the candidate that was healthy is still there: then the tests have reached it.

        Raises:
            CheckFailedError: somebody removed it.

        """
        pod = self.site.kubectl.get("pod", self.candidate)
        uid = self._proven and self._proven["metadata"]["uid"]
        if pod is None or pods.is_leaving(pod) or pods.was_stopped(pod) or pod["metadata"]["uid"] != uid:
            message = f"The pod {self.candidate} {pods.removal_of(pod)} during the tests; the old release still serves."
            raise CheckFailedError(message, pods.AGAIN)

    def remove_candidate(self) -> None:
        """Remove the candidate pod, which may be gone already."""
        with failpoints.change(objects.failpoint("remove-candidate", self.site.config)):
            self.site.kubectl.delete("pod", self.candidate, now=True)

    def take_candidate_away(self) -> None:
        """Remove the candidate pod of a release that failed, and print the end of its log."""
        kubectl = self.site.kubectl
        if kubectl.get("pod", self.candidate):
            say(f"The last lines of {self.candidate}, which is removed:\n{pods.log(kubectl, self.candidate)}")
            self.remove_candidate()

    def give_back(self, *, healthy_too: bool) -> None:
        """Return to the release before, if the rollout of this one was begun; see `Rollouts.give_back`."""
        if done := self.rollouts.give_back(self.before, self.deployment, healthy_too=healthy_too or self.rolled):
            say(done)

    def _start(self) -> None:
        with failpoints.change(objects.failpoint("start-candidate", self.site.config)):
            pod = manifests.candidate(self.deployment, self.site.config, self.site.environment)
            pods.start(self.site.kubectl, pod)

    def _prove(self) -> None:
        site = self.site
        seconds = site.environment.health_timeout
        self._proven = pods.wait(site.kubectl, self.candidate, site.config, self.order.digest, seconds)

    def _apply(self) -> None:
        self.rolled = True
        self.rollouts.apply(self.wanted)

    def _settle(self) -> None:
        self.rollouts.settle()
        self.settled = True

"""Kubernetes as a deploy target: a candidate pod that no Service selects, and when it was accepted, the rollout.

The cluster alone keeps the state. Every step is decided before the first change, so the plan is what is done.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import yaml

from cicd import failpoints, labels
from cicd.deploy import lock, secrets
from cicd.deploy.kubernetes import manifests, pods
from cicd.deploy.kubernetes.kubectl import ClusterError, Kubectl
from cicd.deploy.kubernetes.lease import ClusterLock
from cicd.deploy.kubernetes.rollouts import REVISION, Rollouts, told
from cicd.deploy.target import Running
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import logins

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.config import Config, Environment, KubernetesSettings
    from cicd.deploy.holder import Holder
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.target import Accept, Order
    from cicd.oci.containers import Runner

    Source = Callable[[str, str], AbstractContextManager[Path]]
    Step = tuple[str, Callable[[], None]]

SECONDS_TO_SET_UP = 20


def target(
    config: Config, environment: Environment, settings: KubernetesSettings, instance: str, source: Source
) -> KubernetesTarget:
    """The target of an environment in the namespace that it names, or one named after project and environment."""
    named = settings.namespace or "-".join(filter(None, (config.name, environment.name, instance)))
    return KubernetesTarget(config, environment, settings, Kubectl(named, settings.context), source)


@dataclass(frozen=True)
class KubernetesTarget:
    """One environment of one project: a namespace of a cluster."""

    config: Config
    environment: Environment
    settings: KubernetesSettings
    kubectl: Kubectl
    source: Source
    """Unpacks a folder of a commit: where the project's own manifests come from."""

    @cached_property
    def _rollouts(self) -> Rollouts:
        return Rollouts(self.config, self.environment, self.kubectl)

    @cached_property
    def _lock(self) -> ClusterLock:
        return ClusterLock(self.config, self.environment, self.kubectl)

    @cached_property
    def _server(self) -> manifests.Server:
        version = json.loads(self.kubectl.run("get", "--raw", "/version"))
        minor = "".join(filter(str.isdigit, version["minor"]))
        return manifests.Server(frozenset(self.kubectl.run("api-versions").split()), int(minor or 0))

    def runner(self, network: str) -> Runner:  # noqa: ARG002 -- a cluster's pods reach each other
        """See `Target.runner`."""
        return partial(pods.run, self.kubectl, self.config, self.environment)

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[None]:
        """See `Target.locked`."""
        _carry_out(self._namespace_steps())
        return lock.hold(self._lock, self.environment.name, holder, wait)

    def unlock(self) -> Holder | None:
        """See `Target.unlock`."""
        return lock.unlock(self._lock)

    def observe(self) -> Running | None:
        """See `Target.observe`. It is healthy when every pod of the Deployment is, as the release's digest."""
        found = self._rollouts.deployment()
        if found is None:
            return None
        problem = self._rollouts.problem(found)
        return _running(found, self._rollouts.release(found), url=self._url(), problem=problem)

    def retained(self) -> list[Running]:
        """See `Target.retained`: the ReplicaSets that the cluster keeps; its nodes usually have their images."""
        found = self._rollouts.deployment()
        if found is None:
            return []
        past = (one for one in self._rollouts.history(found) if told(one)[REVISION] != told(found).get(REVISION))
        return [_running(one, told(one)[labels.RELEASE], url="", problem="it is kept for a rollback") for one in past]

    def plan(self, order: Order) -> list[str]:
        """See `Target.plan`."""

        def accept(url: str, network: str) -> None:
            """Nothing is judged: a plan is not carried out."""

        return [text for text, _ in (*self._namespace_steps(), *self._steps(order, self._wanted(order), accept))]

    def apply(self, order: Order, accept: Accept) -> Running:
        """See `Target.apply`. A release that runs already as it should is only judged again."""
        before, wanted = self._rollouts.before(), self._wanted(order)
        todo = self._steps(order, wanted, accept)
        if not todo and (found := self._rollouts.deployment()):
            accept(self._inside(self._rollouts.pods(found)[0]), "")
        try:
            _carry_out(todo)
        except BaseException:
            self._give_up(before, manifests.deployment_of(wanted, self.config))
            raise
        running = self.observe()
        if running is None or not running.healthy:
            raise CheckFailedError(f"{self.config.name} is not healthy: {running.detail if running else 'it is gone'}")
        return running

    def _steps(self, order: Order, wanted: list[Manifest], accept: Accept) -> list[Step]:
        """What there is to do, in order."""
        needed, deployment = self._secrets(order), manifests.deployment_of(wanted, self.config)
        found, leftovers = self._rollouts.deployment(), self._leftovers(needed)
        name, seconds = manifests.candidate_name(self.config), self.environment.health_timeout
        digest = order.digest
        remove: list[Step] = [(f"remove {_names(leftovers)}, which nothing uses", partial(self._remove, leftovers))]
        if found and self._rollouts.is_done(found, deployment):
            return remove if leftovers else []
        return [
            *(remove if leftovers else []),
            *((f"write {_names([one])}", partial(self._write, one)) for one in needed if not self._is_there(one)),
            (f"start the pod {name} with {order.release}; no Service selects it", partial(self._start, deployment)),
            (
                f"wait until it is healthy as {digest}, at most {seconds:g} s; have it judged; remove it",
                partial(self._judge, name, digest, accept),
            ),
            (f"apply {_names(wanted)}", partial(self._rollouts.apply, wanted)),
            (f"wait until every pod is healthy as {digest}, at most {seconds:g} s", self._rollouts.wait),
            (f"note in the Deployment that {order.release} was healthy", self._rollouts.settle),
        ]

    def _wanted(self, order: Order) -> list[Manifest]:
        """All objects of a release.

        Raises:
            UsageError: they do not go together with the project, or the cluster does not take them.

        """
        if folder := self.settings.manifests:
            with self.source(order.commit, folder) as unpacked:
                built = yaml.safe_load_all(self.kubectl.run("kustomize", str(unpacked)))
                plain = [one for one in built if one]
        else:
            plain = manifests.standard(self.config, self.environment, self.settings, self._server)
        app = next((one["metadata"]["name"] for one in self._secrets(order) if one["type"] == "Opaque"), "")
        wanted = manifests.released(plain, self.config, self.environment, order, app)
        if not self._namespace_steps():
            try:
                self.kubectl.apply(wanted, check=True)
            except ClusterError as error:
                raise UsageError(f"The cluster does not take the manifests: {error.message}") from error
        return wanted

    def _namespace_steps(self) -> list[Step]:
        name = self.kubectl.namespace
        if self.kubectl.get("namespace", name):
            return []
        return [(f"create the namespace {name}", self._create_namespace)]

    def _create_namespace(self) -> None:
        labels = manifests.labels(self.config, self.environment)
        with failpoints.change("kubernetes.create-namespace"):
            self.kubectl.create(manifests.namespace(self.kubectl.namespace, labels))
        end = time.monotonic() + SECONDS_TO_SET_UP
        while not self.kubectl.get("serviceaccount", "default") and time.monotonic() < end:
            time.sleep(pods.POLL)  # a pod can't be created before

    def _secrets(self, order: Order) -> list[Manifest]:
        """The Secrets that a release needs: the nodes' to pull with, and the app's.

        Raises:
            UsageError: the environment's secrets were not given.

        """
        found, values = [], secrets.required(self.environment)
        host = order.release.partition("/")[0]
        if known := logins.lasting_credentials(host):
            found.append(manifests.pull_secret(self.config, self.environment, host, *known))
        return found + ([manifests.app_secret(self.config, self.environment, values)] if values else [])

    def _is_there(self, secret: Manifest) -> bool:
        found = self.kubectl.get("secret", secret["metadata"]["name"])
        return bool(found and found["data"] == secret["data"])

    def _write(self, secret: Manifest) -> None:
        with failpoints.change("kubernetes.write-secret"):
            self.kubectl.apply([secret])

    def _leftovers(self, needed: list[Manifest]) -> list[Manifest]:
        """What a deployment that died left, and the app's Secrets that no release uses any more."""
        marks = f"{labels.PROJECT}={self.config.name},{labels.ENVIRONMENT}={self.environment.name}"
        left = self.kubectl.list("pod", f"{marks},{labels.ROLE}!={labels.SERVICE}")
        sets = self.kubectl.list("replicaset", marks)
        used = json.dumps([*sets, *needed])
        kept = self.kubectl.list("secret", marks)
        return left + [one for one in kept if one["type"] == "Opaque" and one["metadata"]["name"] not in used]

    def _remove(self, leftovers: list[Manifest]) -> None:
        for one in leftovers:
            with failpoints.change("kubernetes.remove-leftover"):
                self.kubectl.delete(one["kind"], one["metadata"]["name"], now=True)

    def _start(self, deployment: Manifest) -> None:
        with failpoints.change("kubernetes.start-candidate"):
            self.kubectl.create(manifests.candidate(deployment, self.config, self.environment))

    def _judge(self, name: str, digest: str, accept: Accept) -> None:
        pod = pods.wait(self.kubectl, name, self.config, digest, self.environment.health_timeout)
        accept(self._inside(pod), "")
        with failpoints.change("kubernetes.remove-candidate"):
            self.kubectl.delete("pod", name, now=True)

    def _inside(self, pod: Manifest) -> str:
        return f"http://{pod['status']['podIP']}:{self.config.service.port}"

    def _give_up(self, before: Manifest | None, deployment: Manifest) -> None:
        """Leave the release that was healthy last, and no trace of the one that failed but its log."""
        name = manifests.candidate_name(self.config)
        if self.kubectl.get("pod", name):
            sys.stdout.write(f"The last lines of {name}, which is removed:\n{pods.log(self.kubectl, name)}\n")
            with failpoints.change("kubernetes.remove-candidate"):
                self.kubectl.delete("pod", name, now=True)
        if done := self._rollouts.give_back(before, deployment):
            sys.stdout.write(f"{done}\n")

    def _url(self) -> str:
        """Where the Service answers: at a load balancer or a node if it has one, else inside the cluster."""
        service = self.kubectl.get("service", self.config.name)
        if service is None:
            return ""
        port = service["spec"]["ports"][0]
        for outside in service.get("status", {}).get("loadBalancer", {}).get("ingress") or []:
            return f"http://{outside.get('hostname') or outside.get('ip')}:{port['port']}"
        if service["spec"]["type"] == "NodePort":
            nodes = json.loads(self.kubectl.run("get", "nodes", "--output=json"))["items"]
            address = next(one["address"] for one in nodes[0]["status"]["addresses"] if one["type"] == "InternalIP")
            return f"http://{address}:{port['nodePort']}"
        return f"http://{self.config.name}.{self.kubectl.namespace}.svc:{port['port']}"


def _carry_out(todo: list[Step]) -> None:
    for text, do in todo:
        sys.stdout.write(f"{text}\n")
        do()


def _names(objects: list[Manifest]) -> str:
    return ", ".join(f"{one['kind']} {one['metadata']['name']}" for one in objects)


def _running(marked: Manifest, release: str, *, url: str, problem: str) -> Running:
    marks = told(marked)
    return Running(
        release=release,
        commit=marks.get(labels.COMMIT, ""),
        entry=marks.get(labels.ENTRY, ""),
        after=marks.get(labels.AFTER, ""),
        url=url,
        healthy=not problem,
        detail=problem,
    )

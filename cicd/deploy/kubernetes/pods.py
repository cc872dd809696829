"""Single pods of an environment: started, watched until they are healthy, and how they ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cicd.deploy import health
from cicd.deploy.kubernetes import manifests, stopping
from cicd.deploy.kubernetes.kubectl_errors import ClusterError
from cicd.errors import CheckFailedError, CicdError
from cicd.oci.endings import Ending
from cicd.text import lines, visible

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest

POLL = 1.0
"""Seconds between two looks at the cluster: each is a process of its own, and costs it a request."""
LOG_LINES = 40
LAST_MESSAGE = "/dev/termination-log"
SECONDS_TO_START = 300
"""How long pulling an image and finding a node may take; a health timeout begins with the start."""
ENDED = ("Succeeded", "Failed")
"""The phases of a pod whose containers have ended."""
AGAIN = (
    "Run the deployment again. A node that is drained, an eviction or a person removes pods; the events may name the "
    "cause: kubectl get events"
)
REJECTED = "(BadRequest)"
"""In the API server's words: the service answered 400, as one does that expects another header Host."""
HOPELESS = ("ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError")


def problem(kubectl: Kubectl, pod: Manifest, config: Config, digest: str) -> str:
    """Return why a pod is not healthy as `digest`; empty when it is.

    The API server relays the request, with a header Host that nobody can choose. If the service checks that header,
    the node's own readiness probe counts, which sends `public-host`.
    """
    name, path = pod["metadata"]["name"], config.service.health
    proven = digest_of_image(pod, config) == digest
    if config.service.public_host:
        if not is_ready(pod):
            return f"{name} is not ready: its node gets no success from {path}"
        return "" if proven else f"its node does not say that {name} runs {digest}"
    try:
        body = kubectl.http(name, config.service.port, path, timeout=health.TIMEOUT, limit=health.LIMIT)
    except ClusterError as error:
        return f"{name}{path} does not answer with success: {error.message}"
    if len(body) > health.LIMIT:
        return f"the answer of {name}{path} has more than {health.LIMIT:,} bytes"
    return health.problem_of_body(body, digest, f"{name}{path}", must_name=not proven)


def digest_of_image(pod: Manifest, config: Config) -> str:
    """Return the digest of the image that a pod's node runs as the release; empty if the node does not say."""
    container = manifests.main_container(pod["spec"], config)["name"]
    statuses = pod["status"].get("containerStatuses", [])
    image = next((status.get("imageID", "") for status in statuses if status["name"] == container), "")
    return str(image).partition("@")[2]


def is_ready(pod: Manifest) -> bool:
    """Return whether a pod is ready to serve, and nobody has asked it to stop."""
    conditions = pod["status"].get("conditions", [])
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return ready and not is_leaving(pod)


def wait(kubectl: Kubectl, name: str, config: Config, digest: str, seconds: float) -> Manifest:
    """Wait until a pod is healthy as `digest`, and return it.

    Raises:
        CheckFailedError: the pod ended, or was not healthy in time.

    """
    wait_for_start(kubectl, name)
    end, why = time.monotonic() + seconds, "it did not start"
    while time.monotonic() < end:
        pod = kubectl.get("pod", name)
        if pod is None or is_leaving(pod) or was_stopped(pod):
            raise CheckFailedError(f"The pod {name} {removal_of(pod)}; the old release still serves.", AGAIN)
        if missing := stopping.problem(pod):
            raise CheckFailedError(
                f"The image has no command to sleep with, so that requests would fail whenever a pod stops: {missing}. "
                "The old release still serves.",
                "Install coreutils or busybox in the image, use Kubernetes 1.30 or newer, or write manifests of your "
                "own with a preStop hook that keeps the service answering for 5 s.",
            )
        if pod["status"]["phase"] != "Running":
            ending = ending_of(pod, log(kubectl, name))
            raise CheckFailedError(
                f"The new release ended with {ending}; the old one still serves.",
                ending.hint("Read the release's log above, and correct the cause in a new commit."),
            )
        why = problem(kubectl, pod, config, digest)
        if not why:
            return pod
        time.sleep(POLL)
    slow = "Read the release's log above. If it starts slowly, set a longer `health-timeout` in ml-cicd.toml."
    raise CheckFailedError(
        f"The new release was not healthy within {seconds:g} s ({why}); the old one still serves.",
        health.HOST_HINT if REJECTED in why else slow,
    )


def wait_for_start(kubectl: Kubectl, name: str) -> None:
    """Wait until the containers of a pod were started.

    Raises:
        CheckFailedError: they can't be started, or were not in time.

    """
    end, why = time.monotonic() + SECONDS_TO_START, ""
    while time.monotonic() < end and not why.startswith(HOPELESS):
        pod = kubectl.get("pod", name)
        if pod is None or pod["status"]["phase"] != "Pending":
            return
        why = _waits_for(pod)
        time.sleep(POLL)
    private = "If the image is private, put a token that may read it into the environment's secret REGISTRY_TOKEN."
    full = "If the cluster has no room, add nodes, or lower `cpus` and `memory` in ml-cicd.toml."
    raise CheckFailedError(f"The pod {name} did not start: {why}", private if "Image" in why else full)


def ending_of(pod: Manifest, last: str = "") -> Ending:
    """Return how a pod ended: the first of its containers that failed counts. `last` is the end of its log."""
    failed = next((state for state in terminated(pod) if state["exitCode"]), {"exitCode": 0})
    return Ending(int(failed["exitCode"]), failed.get("reason") == "OOMKilled", last)


def log(kubectl: Kubectl, name: str) -> str:
    """Return the last lines of a pod's output, for people."""
    try:
        return kubectl.run("logs", name, f"--tail={LOG_LINES}", "--all-containers").rstrip("\n")
    except CicdError as error:
        return last_messages(kubectl.get("pod", name)) or f"(no log: {error.message})"


def start(kubectl: Kubectl, pod: Manifest) -> None:
    """Create a pod.

    Raises:
        CheckFailedError: there is a pod of that name, which somebody else created.

    """
    if kubectl.create(pod) is None:
        name = pod["metadata"]["name"]
        raise CheckFailedError(
            f"The namespace {kubectl.namespace} has a pod {name} already, which this deployment did not create.",
            f"Remove it, then run the deployment again: kubectl --namespace {kubectl.namespace} delete pod {name}",
        )


def has_stopped(pod: Manifest) -> bool:
    """Return whether all containers of a pod have ended: then it answers nobody, even if its node keeps it a while."""
    statuses = pod["status"].get("containerStatuses", [])
    return len(statuses) == len(pod["spec"]["containers"]) == len(terminated(pod))


def is_leaving(pod: Manifest) -> bool:
    """Return whether somebody, or the cluster, has asked a pod to stop."""
    return "deletionTimestamp" in pod["metadata"]


def was_stopped(pod: Manifest) -> bool:
    """Return whether the cluster ended a pod, to free its node for example, and not its containers themselves."""
    return pod["status"]["phase"] == "Failed" and bool(pod["status"].get("reason"))


def removal_of(pod: Manifest | None) -> str:
    """Return, as the end of a sentence, how a pod that was removed or stopped went away."""
    status = pod["status"] if pod else {}
    if status.get("reason"):
        return f"was stopped by the cluster ({status['reason']}: {visible(status.get('message', ''))})"
    return "was removed by somebody else, or from its node"


def _waits_for(pod: Manifest) -> str:
    """Return what a container that does not run waits for, in the cluster's words."""
    status = pod["status"]
    for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        waiting = container.get("state", {}).get("waiting")
        if waiting and waiting.get("reason") not in ("ContainerCreating", "PodInitializing"):
            return f"{waiting.get('reason')}: {visible(waiting.get('message', ''))}"
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{condition.get('reason')}: {visible(condition.get('message', ''))}"
    return ""


def terminated(pod: Manifest) -> list[Manifest]:
    """Return how the containers of a pod ended that did."""
    containers = pod["status"].get("containerStatuses", [])
    states = [container.get("state", {}).get("terminated") for container in containers]
    return [state for state in states if state]


def last_messages(pod: Manifest | None) -> str:
    """Return the messages that a pod's ended containers left in its status."""
    messages = [state["message"] for state in terminated(pod) if state.get("message")] if pod else []
    return "\n".join(visible(line) for message in messages for line in lines(message))

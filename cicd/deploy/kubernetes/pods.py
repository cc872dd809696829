"""Single pods of an environment: the candidate, watched until it is healthy, and the pod that runs the tests."""

from __future__ import annotations

import shlex
import sys
import time
from typing import TYPE_CHECKING

from cicd import failpoints
from cicd.deploy import health
from cicd.deploy.kubernetes import objects
from cicd.deploy.kubernetes.kubectl import ClusterError
from cicd.errors import CheckFailedError, CicdError
from cicd.oci import archives, containers
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest

POLL = 0.3
LOG_LINES = 40
LAST_MESSAGE = "/dev/termination-log"
SECONDS_TO_START = 300
"""How long pulling an image and finding a node may take; a health timeout begins with the start."""
HOPELESS = ("ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError")


def problem(kubectl: Kubectl, pod: Manifest, config: Config, digest: str) -> str:
    """Return why a pod is not healthy as `digest`, asked by way of the API server; empty when it is."""
    name, path = pod["metadata"]["name"], config.service.health
    try:
        body = kubectl.http(name, config.service.port, path, timeout=health.TIMEOUT)
    except ClusterError as error:
        return f"{name}{path} does not answer: {error.message}"
    return health.problem_of_body(body, digest, f"{name}{path}")


def wait(kubectl: Kubectl, name: str, config: Config, digest: str, seconds: float) -> Manifest:
    """Wait until a pod is healthy as `digest`, and return it.

    Raises:
        CheckFailedError: the pod ended, or was not healthy in time.

    """
    wait_for_start(kubectl, name)
    end, why = time.monotonic() + seconds, "it did not start"
    while time.monotonic() < end:
        pod = kubectl.get("pod", name)
        if pod is None or pod["status"]["phase"] != "Running":
            event = f"ended with exit code {exit_code(pod)}" if pod else "was removed"
            raise CheckFailedError(
                f"The new release {event}; the old one still serves.",
                "Read the release's log above, and correct the cause in a new commit.",
            )
        why = problem(kubectl, pod, config, digest)
        if not why:
            return pod
        time.sleep(POLL)
    raise CheckFailedError(
        f"The new release was not healthy within {seconds:g} s ({why}); the old one still serves.",
        "Read the release's log above. If it starts slowly, set a longer `health-timeout` in ml-cicd.toml.",
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


def exit_code(pod: Manifest) -> int:
    """Return the first exit code of a pod's containers that is not 0; 0 when there is none."""
    return next((int(state["exitCode"]) for state in _terminated(pod) if state["exitCode"]), 0)


def log(kubectl: Kubectl, name: str) -> str:
    """Return the last lines of a pod's output, for people."""
    try:
        return kubectl.run("logs", name, f"--tail={LOG_LINES}", "--all-containers")
    except CicdError as error:
        return _last_messages(kubectl.get("pod", name)) or f"(no log: {error.message})"


def tests(config: Config, environment: Environment, container: Manifest, marks: Mapping[str, str]) -> Manifest:
    """Return a pod that runs a container once, without any of the environment's secrets."""
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "imagePullSecrets": [{"name": objects.pull_secret_name(config)}],
        "containers": [
            {
                "name": "tests",
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                **container,
            }
        ],
    }
    metadata = {"name": f"{config.name}-tests", "labels": {**objects.labels(config, environment), **marks}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def run(
    kubectl: Kubectl,
    config: Config,
    place: Environment,
    image: str,
    command: Sequence[str],
    *,
    labels: Mapping[str, str],
    environment: Mapping[str, str],
    collect: Sequence[str],
) -> containers.Finished:
    """Run a command of an image as a pod, stream its output, and remove it, whatever happens; see `containers.run`.

    No file can be copied out of a pod that has ended, and its last message holds 4 kB: of the files, which are test
    results, only the heads of their `<testsuite>` elements come back, with the counts.

    Raises:
        CheckFailedError: the pod did not start in time, or was removed.

    """
    heads = f"grep -o '<testsuite [^>]*' {' '.join(map(shlex.quote, collect))} >{LAST_MESSAGE} 2>/dev/null"
    words = ["sh", "-c", f'"$@"; code=$?; {heads}; exit $code', "sh", *command]
    container = {"image": image, "command": words, "env": objects.environment_variables(environment)}
    pod = tests(config, place, container, labels)
    name = pod["metadata"]["name"]
    with failpoints.change("kubernetes.start-tests"):
        kubectl.create(pod)
    try:
        wait_for_start(kubectl, name)
        for line in kubectl.stream("logs", name, "--follow"):
            sys.stdout.write(line)
            sys.stdout.flush()
        while (ended := kubectl.get("pod", name)) and ended["status"]["phase"] == "Running":
            time.sleep(POLL)
    finally:
        with failpoints.change("kubernetes.remove-tests"):
            kubectl.delete("pod", name, now=True)
    if ended is None:
        raise CheckFailedError("The pod with the tests was removed while it ran.", "Run the deployment again.")
    suites = "".join(f"{head}/>" for head in lines(_last_messages(ended)))
    results = archives.packed({"results.xml": f"<testsuites>{suites}</testsuites>".encode()})
    return containers.Finished(exit_code(ended), dict.fromkeys(collect, results) if suites else {})


def _waits_for(pod: Manifest) -> str:
    """Return what a container that does not run waits for, in the cluster's words."""
    status = pod["status"]
    for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        waiting = container.get("state", {}).get("waiting")
        if waiting and waiting.get("reason") not in ("ContainerCreating", "PodInitializing"):
            return f"{waiting.get('reason')}: {waiting.get('message', '')}"
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{condition.get('reason')}: {condition.get('message', '')}"
    return ""


def _terminated(pod: Manifest) -> list[Manifest]:
    """Return how the containers of a pod ended that did."""
    containers = pod["status"].get("containerStatuses", [])
    states = [container.get("state", {}).get("terminated") for container in containers]
    return [state for state in states if state]


def _last_messages(pod: Manifest | None) -> str:
    """Return the messages that a pod's ended containers left in its status."""
    return "\n".join(state["message"] for state in _terminated(pod) if state.get("message")) if pod else ""

"""Run a command of an image as a pod, as the tests of an environment run."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING

from cicd import failpoints
from cicd.deploy.kubernetes import objects, pods
from cicd.deploy.kubernetes.cron_jobs import ARCHIVE
from cicd.errors import CheckFailedError, CicdError
from cicd.oci import archives, containers
from cicd.oci.output import Output
from cicd.text import lines, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest


LEFT = "/ml-cicd/left"
"""The folder with a folder for each ConfigMap that holds what a job left."""


def pod_of(
    config: Config,
    environment: Environment,
    container: Manifest,
    marks: Mapping[str, str],
    addresses: Mapping[str, str] | None = None,
) -> Manifest:
    """Return a pod that runs a container once, without any of the environment's secrets; see `run`."""
    names = [{"ip": address, "hostnames": [name]} for name, address in (addresses or {}).items()]
    spec: Manifest = {
        **({"hostAliases": names} if names else {}),
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
    objects.put_shared_memory(spec, spec["containers"][0], config.test_shm_size)
    metadata = {"name": f"{config.name}-tests", "labels": {**objects.labels(config, environment), **marks}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _put_left(pod: Manifest, container: Manifest, config_maps: Sequence[str]) -> None:
    """Mount the ConfigMaps with what jobs left."""
    if config_maps:
        volumes = [{"name": name, "configMap": {"name": name}} for name in config_maps]
        mounts = [{"name": name, "mountPath": f"{LEFT}/{name}", "readOnly": True} for name in config_maps]
        pod["volumes"] = [*(pod.get("volumes") or []), *volumes]
        container["volumeMounts"] = [*(container.get("volumeMounts") or []), *mounts]


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
    addresses: Mapping[str, str] | None = None,
    left: Mapping[str, str] | None = None,
) -> containers.Finished:
    """Run a command of an image as a pod, stream its output, and remove it, whatever happens; see `containers.run`.

    The pod finds each name of `addresses` at its address, and in each folder of `left` what the archive of a ConfigMap
    holds.

    No file can be copied out of a pod that has ended, and its last message holds 4 kB: of the files, which are test
    results, only the heads of their `<testsuite>` elements come back, with the counts.

    Raises:
        CheckFailedError: the pod did not start in time, or was removed or stopped before the command ended.

    """
    heads = f"grep -o '<testsuite [^>]*' {' '.join(map(shlex.quote, collect))} >{pods.LAST_MESSAGE} 2>/dev/null"
    unpack = "".join(
        f"mkdir -p {folder} && tar -C {folder} -xzf {LEFT}/{name}/{ARCHIVE} || exit 125; "
        for folder, name in (left or {}).items()
    )
    script = f'{unpack}"$@"; code=$?; {heads}; exit $code'
    words = [objects.literal(word) for word in ("sh", "-c", script, "sh", *command)]
    container = {"image": image, "command": words, "env": objects.environment_variables(environment)}
    pod = pod_of(config, place, container, labels, addresses)
    _put_left(pod["spec"], pod["spec"]["containers"][0], [*(left or {}).values()])
    name = pod["metadata"]["name"]
    with failpoints.change("kubernetes.start-tests"):
        pods.start(kubectl, pod)
    try:
        pods.wait_for_start(kubectl, name)
        printed, unread = _print_log(kubectl, name)
        ended = _wait_for_end(kubectl, name)
        if unread:
            say(f"The log above is not complete: {unread}\nIts last lines:\n{pods.log(kubectl, name)}")
    finally:
        with failpoints.change("kubernetes.remove-tests"):
            kubectl.delete("pod", name, now=True)
    suites = "".join(f"{head}/>" for head in lines(pods.last_messages(ended)))
    results = archives.packed({"results.xml": f"<testsuites>{suites}</testsuites>".encode()})
    return containers.Finished(pods.ending_of(ended, printed), dict.fromkeys(collect, results) if suites else {})


def _print_log(kubectl: Kubectl, name: str) -> tuple[str, str]:
    """Print a pod's output until the pod ends.

    Returns the end of the output, and why the output could not be read completely; the latter is empty if it could.
    """
    output, problem = Output(), ""
    try:
        for chunk in kubectl.stream("logs", name, "--follow"):
            output.feed(chunk)
    except CicdError as error:
        problem = error.message
    output.end()
    return output.last, problem


def _wait_for_end(kubectl: Kubectl, name: str) -> Manifest:
    """Wait until the containers of a pod have ended, and return the pod.

    Raises:
        CheckFailedError: the pod was removed, or the cluster stopped it: how its containers ended means nothing then.

    """
    while True:
        pod = kubectl.get("pod", name)
        if pod is None or pods.is_leaving(pod) or pods.was_stopped(pod):
            raise CheckFailedError(f"The pod {name} {pods.removal_of(pod)} before its command ended.", pods.AGAIN)
        if pod["status"]["phase"] in pods.ENDED:
            if pods.terminated(pod):
                return pod
            raise CheckFailedError(f"The cluster does not say how the containers of the pod {name} ended.", pods.AGAIN)
        time.sleep(pods.POLL)

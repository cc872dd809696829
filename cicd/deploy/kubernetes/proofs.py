"""The pod that proves a job: watched until the job has ended, and what the job left is read from it."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING

from cicd.deploy.kubernetes import pods
from cicd.deploy.kubernetes.cron_jobs import LARGEST, OUTPUT
from cicd.errors import CheckFailedError, CicdError
from cicd.oci.endings import Ending
from cicd.oci.output import Output
from cicd.text import say

if TYPE_CHECKING:
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest

PRIVATE = "If the image is private, put a token that may read it into the environment's secret REGISTRY_TOKEN."


def wait(kubectl: Kubectl, pod: str, seconds: float, kept: str) -> None:
    """Wait until the job of a pod has ended with exit code 0, and print its output.

    `seconds` is the time that it has from its start on. `kept` says in messages what is held now.

    Raises:
        CheckFailedError: the job failed, did not end in time, or did not start.

    """
    patience, end = time.monotonic() + pods.SECONDS_TO_START, 0.0
    while True:
        state = _state(kubectl, pod, "initContainerStatuses")
        if ended := state.get("terminated"):
            break
        if "running" in state:
            end = end or time.monotonic() + seconds
        if end and time.monotonic() > end:
            _print(kubectl, pod)
            raise CheckFailedError(
                f"The job did not end within {seconds:g} s. {kept}",
                "Give it less sample data, or more time in ml-cicd.toml: [job] timeout.",
            )
        if not end:
            _check_start(pod, state, patience)
        time.sleep(pods.POLL)
    ending = Ending(int(ended["exitCode"]), ended.get("reason") == "OOMKilled", _print(kubectl, pod))
    if ending.exit_code:
        raise CheckFailedError(
            f"The job ended with {ending}. {kept}",
            ending.hint("Read its output above, and correct the cause in a new commit."),
        )


def output(kubectl: Kubectl, pod: str) -> bytes:
    """Return what the job of a pod left, as a tar.

    Raises:
        CheckFailedError: it is too large, or can't be read.

    """
    patience = time.monotonic() + pods.SECONDS_TO_START
    while not (ended := (state := _state(kubectl, pod, "containerStatuses")).get("terminated")):
        if "running" not in state:
            _check_start(pod, state, patience)
        time.sleep(pods.POLL)
    if ended["exitCode"]:
        raise CheckFailedError(
            f"What the job left can't be read: {ended.get('message', '').strip() or ended['exitCode']}",
            "Let the job write files that everybody may read. The test image needs sh, tar, gzip and base64.",
        )
    written = ended.get("message") or kubectl.run("logs", pod, f"--container={OUTPUT}", timeout=60)
    content = base64.b64decode(written)
    if len(content) > LARGEST:
        raise CheckFailedError(
            f"The job left more than {LARGEST:,} bytes for the tests, which is what a cluster takes.",
            "Let its proof leave less, for example a part of the rows.",
        )
    return content


def _state(kubectl: Kubectl, name: str, statuses: str) -> Manifest:
    """Return the state of the first container of that kind."""
    pod = kubectl.get("pod", name)
    if pod is None or pods.is_leaving(pod) or pods.was_stopped(pod):
        raise CheckFailedError(f"The pod {name} {pods.removal_of(pod)} before its job ended.", pods.AGAIN)
    return next((status.get("state") or {} for status in pod["status"].get(statuses, [])), {})


def _check_start(name: str, state: Manifest, patience: float) -> None:
    waiting = state.get("waiting") or {}
    reason = str(waiting.get("reason", ""))
    if reason in pods.HOPELESS or time.monotonic() > patience:
        why = ": ".join(filter(None, (reason, str(waiting.get("message", "")))))
        raise CheckFailedError(f"The pod {name} did not start: {why}", PRIVATE if "Image" in reason else pods.AGAIN)


def _print(kubectl: Kubectl, pod: str) -> str:
    """Print the output of a pod's job, and return the end of it."""
    printed = Output()
    status = (kubectl.get("pod", pod) or {}).get("status", {}).get("initContainerStatuses", [])
    problem = ""
    try:
        for container in status[:1]:
            for chunk in kubectl.stream("logs", pod, f"--container={container['name']}"):
                printed.feed(chunk)
    except CicdError as error:
        problem = error.message
    printed.end()
    if problem:
        say(f"The output of the job can't be read: {problem}")
    return printed.last

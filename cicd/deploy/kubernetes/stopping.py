"""Stopping a pod without a failed request: the pod serves on while the nodes learn that it left the Service.

The pod sleeps before it gets SIGTERM. Clusters from 1.30 on do that themselves. On older ones the image must have the
command `sleep`: the candidate pod runs it once, since the cluster itself passes over a hook that fails.
"""

from __future__ import annotations

import copy
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.deploy.kubernetes.kubectl import Manifest

LEAVING = 5
"""Seconds that a stopping pod goes on serving."""
GRACE = 30
"""Seconds that the cluster gives a pod to stop if its manifest does not say."""
FIRST_WITH_SLEEP = 30
"""The minor version of Kubernetes from which on a pod can sleep without a command in its image."""
CHECK = "ml-cicd-sleep"
"""The init container of a candidate that runs `sleep`."""
SHELLS = ("sh", "ash", "bash", "dash")


def serve_on(pod: Manifest, container: Manifest, minor: int) -> None:
    """Let the container serve for `LEAVING` seconds before it is stopped, unless its manifest has a preStop hook.

    `minor` is the minor version of the cluster; 0 if unknown.
    """
    lifecycle = container.get("lifecycle") or {}
    if lifecycle.get("preStop"):
        return
    can_sleep = minor >= FIRST_WITH_SLEEP
    hook = {"sleep": {"seconds": LEAVING}} if can_sleep else {"exec": {"command": ["sleep", f"{LEAVING}"]}}
    container["lifecycle"] = {**lifecycle, "preStop": hook}
    pod["terminationGracePeriodSeconds"] = LEAVING + pod.get("terminationGracePeriodSeconds", GRACE)


def check(container: Manifest) -> list[Manifest]:
    """Return the init container that fails if the image lacks what the container's preStop hook sleeps with."""
    hook = ((container.get("lifecycle") or {}).get("preStop") or {}).get("exec") or {}
    command = _sleep(hook.get("command") or [])
    kept: Manifest = {
        key: copy.deepcopy(container[key])
        for key in ("image", "imagePullPolicy", "securityContext", "resources")
        if key in container
    }
    return [{"name": CHECK, **kept, "command": command}] if command else []


def problem(pod: Manifest) -> str:
    """Return why a candidate could not stop without failing requests; empty if it could."""
    for status in pod["status"].get("initContainerStatuses", []):
        ended = status.get("state", {}).get("terminated") or {}
        if status["name"] == CHECK and ended.get("exitCode"):
            return str(ended.get("message") or f"exit code {ended['exitCode']}")
    return ""


def _sleep(command: Sequence[str]) -> list[str]:
    """Return a command that sleeps in the same way, for no time; empty if the command does not sleep."""
    program = PurePosixPath(command[0]).name if command else ""
    if program == "sleep":
        return [command[0], "0"]
    if program in SHELLS and "sleep" in " ".join(command):
        return [command[0], "-c", "sleep 0"]
    return []

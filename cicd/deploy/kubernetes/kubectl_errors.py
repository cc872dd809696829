"""What kubectl prints when a command fails, as an error of the kit with the cluster's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError, UnreachableError
from cicd.text import lines, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_ANSWER = (
    "Unable to connect",
    "connection refused",
    "was refused",
    "no such host",
    "i/o timeout",
    "deadline exceeded",
    "TLS handshake",
    "x509:",
    "EOF",
    "ServiceUnavailable",
)
RIGHTS = (
    "In the namespace, the kubeconfig's user needs all verbs on Deployments, Pods, Services, Secrets, "
    "PodDisruptionBudgets and Leases, and get and list on ReplicaSets, ServiceAccounts, pods/log and pods/proxy; "
    "with manifests of your own also on ConfigMaps; with jobs also on ConfigMaps and CronJobs."
)
LOGIN = (
    "The cluster does not know who asks. Renew the token or the certificate of the kubeconfig's user. With "
    "[environments.<name>.login]: the API server must trust this job's issuer, audience and subject."
)
NOT_KNOWN = ("Unauthorized", "You must be logged in")
NO_ACCESS = (*NOT_KNOWN, "(Forbidden)", "forbidden:")
ASKED_FOR_A_USER = "EOF"
"""What kubectl says where nobody answers its question for a user name. A broken connection is named by more words."""
LONGEST = 1500
"""Characters of kubectl's words that a message carries."""

_MISSING_PLUGIN = re.compile(r"exec: executable (\S+) not found")
_FAILED_PLUGIN = re.compile(r"exec: executable (\S+) failed with (exit code \d+)")
_LOG_LINE = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d")
"""How a line of kubectl's own log begins: it repeats what the last line says."""


class ClusterError(CheckFailedError):
    """The cluster refused an object; the message carries its words."""


def error_of(arguments: Sequence[str], printed: str) -> CheckFailedError | UnreachableError:
    """Return the error for what kubectl printed on stderr."""
    words = essence(printed)
    if plugin := _MISSING_PLUGIN.search(words):
        return UnreachableError(
            f"The kubeconfig calls '{plugin[1]}', which is not here.",
            f"Install {plugin[1]} on this machine, in a job in a step before the deployment; or use a kubeconfig with "
            "a token or a certificate.",
        )
    if plugin := _FAILED_PLUGIN.search(words):
        return UnreachableError(
            f"The kubeconfig calls '{plugin[1]}', which failed with {plugin[2]}: {words}",
            f"Log in with {plugin[1]}, in a job in a step before the deployment.",
        )
    if words == ASKED_FOR_A_USER:
        return UnreachableError(
            "The cluster wants to know who asks, and the kubeconfig has no user.",
            "In a job, grant the caller 'id-token: write', for the table [environments.<name>.login] of ml-cicd.toml. "
            "On this machine, use a kubeconfig with a user.",
        )
    if any(sign in words for sign in NO_ACCESS):
        is_known = not any(sign in words for sign in NOT_KNOWN)
        return UnreachableError(
            f"The cluster does not allow kubectl {arguments[0]}: {words}", RIGHTS if is_known else LOGIN
        )
    if any(sign in words for sign in NO_ANSWER) or "context was not found" in words:
        return UnreachableError(
            f"The cluster does not answer: {words}",
            "Check KUBECONFIG (in a job: the environment's secret KUBECONFIG) and that the cluster runs.",
        )
    return ClusterError(
        f"kubectl {arguments[0]} failed: {words}", "Correct what the cluster names, then run this again."
    )


def essence(printed: str) -> str:
    """Return kubectl's words in one line: without its log, its warnings and control characters."""
    kept = [
        line.removeprefix("Error from server ").removeprefix("error: ")
        for line in map(str.strip, map(plain, lines(printed)))
        if line and not _LOG_LINE.match(line) and not line.startswith("Warning:")
    ]
    return " ".join(kept or [plain(printed)])[:LONGEST].strip()

